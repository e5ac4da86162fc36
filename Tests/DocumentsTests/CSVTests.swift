import Documents
import Testing

@Suite("Comma-separated values")
struct CSVTests {
  private func csv(_ text: String) throws -> CSV { try CSV(parsing: Array(text.utf8), file: "f.csv") }

  private func refusal(_ text: String) -> String? {
    #expect(throws: Diagnostic.self) { try csv(text) }?.description
  }

  @Test func fieldsKnowWhereTheyStand() throws {
    let table = try csv("# a comment, skipped\na,b\r\n\n1,\"x, \"\"y\"\"\nz\"\r\né,2\n")
    #expect(table.columns == ["a", "b"])
    #expect(table.rows.count == 2)
    #expect(try table.rows[0][1].text("b") == "x, \"y\"\nz")
    let second = table.rows[1][try table.required("b")]
    #expect(second.position == Position(file: "f.csv", line: 6, column: 3))
  }

  @Test(
    "wrong tables",
    arguments: [
      ("", "f.csv: error: expected a line of column names, found nothing"),
      ("# only\n", "f.csv: error: expected a line of column names, found nothing"),
      ("a,b\n1\n", "f.csv:2:1: error: expected 2 fields as in the first line, found 1"),
      ("a,a\n", "f.csv:1:3: error: the column \"a\" is there twice"),
      ("a,b\n1,\"x\n", "f.csv:2:3: error: the quote that begins here is not closed"),
      ("a,\n", "f.csv:1:3: error: expected the name of a column to be text, found nothing"),
    ])
  func refused(text: String, message: String) {
    #expect(refusal(text) == message)
  }

  @Test func bytesThatAreNoText() {
    let error = #expect(throws: Diagnostic.self) { try CSV(parsing: [97, 10, 0xFF, 10], file: "f.csv") }
    #expect(error?.description == "f.csv:2:1: error: the field is not valid UTF-8")
  }

  @Test func aMissingColumnIsNamed() throws {
    let table = try csv("a,b\n")
    let error = #expect(throws: Diagnostic.self) { try table.required("c") }
    #expect(error?.description == "f.csv:1:1: error: the column \"c\" is missing; found are a, b")
  }
}
