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
    #expect(second.position == Diagnostic.Position(file: "f.csv", line: 6, column: 3))
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

  @Test("what is no table is refused at its limits, in a line that can be read")
  func limits() throws {
    let names = (0..<10_000).map { "c\($0)" }
    #expect(try csv(names.joined(separator: ",")).columns.count == 10_000)
    #expect(
      refusal(String(repeating: ",", count: 1_000_000))
        == "f.csv:1:1: error: the row has more than 10000 fields; expected comma-separated values")
    #expect(
      refusal("a,b\n1," + String(repeating: "0", count: 1_000_001))
        == "f.csv:2:3: error: the field has more than 1000000 bytes; expected comma-separated values")
    #expect(
      refusal("\"" + String(repeating: "\n", count: 1_000_001))?.hasPrefix("f.csv:1:1: error: the field has") ?? false)
    let long = try csv((names.prefix(30) + [String(repeating: "x", count: 1_000_000)]).joined(separator: ","))
    let error = #expect(throws: Diagnostic.self) { try long.required("c") }
    #expect(error?.message.hasSuffix("c18, c19 and 11 more") ?? false)
    let zeros = try csv(String(repeating: "0", count: 1_000_000))
    #expect(#expect(throws: Diagnostic.self) { try zeros.required("c") }?.message.utf8.count ?? 0 < 200)
  }

  @Test func fieldsThatARowLacksAreEmpty() throws {
    let row = try csv("a,b\n\r1,2\n").rows[0]
    #expect(
      row[2].isNull && row[-1].isNull && row[7].position == Diagnostic.Position(file: "f.csv", line: 2, column: 2))
    #expect(try row[1].text("b") == "2")
  }

  @Test func quotesAndWhatStandsBehindThem() throws {
    let row = try csv("a,b,c,d\r\n\"x\"\"\"y\r,\"\"\"\",z\"z,\"\"\n").rows[0]
    let fields = try (0..<3).map { try row[$0].text("a field") }
    #expect(fields == ["x\"y", "\"", "z\"z"])
    #expect(row[3].isNull)
  }
}
