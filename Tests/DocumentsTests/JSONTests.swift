import Documents
import Testing

@Suite("Reading JSON")
struct JSONTests {
  private func parse(_ text: String) throws -> Node { try JSON.parse(Array(text.utf8), file: "f.json") }
  private func refusal(_ text: String) -> String? { diagnostic { try parse(text) } }

  @Test func structure() throws {
    let root = try parse("{\"name\": \"x\",\n \"list\": [1, true, null, {\"a\": []}]}\n")
    let entries = try root.entries("the file")
    #expect(entries.map(\.key) == ["name", "list"])
    #expect(entries[1].keyPosition == Diagnostic.Position(file: "f.json", line: 2, column: 2))
    #expect(entries[1].value.position == Diagnostic.Position(file: "f.json", line: 2, column: 10))
    let items = try entries[1].value.items("the list")
    #expect(try items[0].integer("a number", in: 0...9) == 1)
    #expect(try items[1].boolean("a truth"))
    #expect(items[2].isNull)
    #expect(try items[3].entries("a mapping")[0].value.items("a list").isEmpty)
  }

  // The escapes of RFC 8259, section 7; U+1D11E is its example of a surrogate pair.
  @Test(arguments: [
    (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""\u0041\u00e4\u20AC""#, "Aä€"),
    (#""\uD834\uDD1E""#, "\u{1D11E}"), (#""\u0000""#, "\0"), ("\"ä\u{1D11E}\"", "ä\u{1D11E}"), ("\"\"", ""),
  ])
  func strings(json: String, expected: String) throws {
    #expect(try parse(json).text("a text") == expected)
  }

  @Test(arguments: ["0", "-0", "10", "-1.5", "1e5", "1E+5", "0.1e-2", "12345678901234567890"])
  func numbers(json: String) throws {
    #expect(try parse(json).text("a number") == json)
  }

  @Test(
    "what other readers let pass is an error here",
    arguments: [
      "01", "+1", ".5", "1.", "1e", "1e+", "-", "0x10", "NaN", "Infinity", "-Infinity", "nan", "True", "nul", "1_000",
      "'a'", "[1,]", "[,1]", "[1 2]", "{\"a\": 1,}", "{a: 1}", "{\"a\" 1}", "{\"a\":}", "{1: 2}", "// c\n1", "[1] 2",
      "\"\\x41\"", "\"\\u12G4\"", "\"\\u12\"", "\"\\uD834\"", "\"\\uD834x\"", "\"\\uD834\\u0041\"", "\"\\uDD1E\"",
      "\"a\nb\"", "\"a\tb\"", "\"open", "[", "{", "{\"a\"", "[1", "]", "}", ",", "1 1", "\u{FEFF}1",
    ])
  func malformed(json: String) {
    let error = refusal(json)
    #expect(error?.hasPrefix("f.json:") == true)
    #expect(error?.contains(": error: malformed JSON: expected ") == true)
  }

  @Test func messages() {
    #expect(refusal("") == "f.json: error: is empty; expected JSON")
    #expect(refusal(" \n ") == "f.json: error: is empty; expected JSON")
    #expect(refusal("{\"a\": }") == "f.json:1:7: error: malformed JSON: expected a value, found \"}\"")
    #expect(refusal("[1,\n 2") == "f.json:2:3: error: malformed JSON: expected \",\", found the end")
    #expect(
      refusal("{\"a\": 1,\n \"a\": 2}") == "f.json:2:2: error: duplicate key \"a\"; it already stands in line 1")
    // The same key once with an escape.
    #expect(
      refusal("{\"a\": 1, \"\\u0061\": 2}")
        == "f.json:1:10: error: duplicate key \"a\"; it already stands in line 1")
  }

  @Test("columns count characters, not bytes")
  func columns() throws {
    // {"ä": 1}: the 1 is the seventh character and the eighth byte.
    #expect(try parse("{\"ä\": 1}").entries("the file")[0].value.position.column == 7)
    #expect(refusal("[\"ä€\u{1D11E}\" 1]") == "f.json:1:8: error: malformed JSON: expected \",\", found \"1\"")
    // The next line counts from 1 again.
    #expect(refusal("[\"ä\",\nx]") == "f.json:2:1: error: malformed JSON: expected a value, found \"x\"")
  }

  @Test func invalidUTF8() {
    for bytes: [UInt8] in [[0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xC0, 0x80]] {
      let error = diagnostic { try JSON.parse([0x22] + bytes + [0x22], file: "f.json") }
      #expect(error?.contains("expected valid UTF-8 in a string") == true)
    }
  }

  @Test("64 levels are read, 65 are not, and a million brackets end at once")
  func depth() throws {
    _ = try parse(String(repeating: "[", count: 64) + String(repeating: "]", count: 64))
    #expect(refusal(String(repeating: "[", count: 65)) == "f.json:1:65: error: nested deeper than 64 levels")
    #expect(refusal(String(repeating: "[", count: 1 << 20)) == "f.json:1:65: error: nested deeper than 64 levels")
    #expect(refusal(String(repeating: "{\"a\":", count: 1 << 18))?.contains("nested deeper") == true)
  }

  @Test("half a megabyte of escapes takes no quadratic time")
  func manyEscapes() throws {
    let text = "\"" + String(repeating: "\\n", count: 1 << 18) + "\""
    #expect(try parse(text).text("a text").utf8.count == 1 << 18)
  }

  @Test("a million values are read, one more is not: each takes tens of bytes")
  func values() throws {
    // The list is a value itself.
    func list(_ count: Int) -> String { "[\(String(repeating: "1,", count: count - 1))1]" }
    #expect(try parse(list(999_999)).items("a list").count == 999_999)
    // Behind the bracket, 999,999 times a digit and a comma.
    #expect(refusal(list(1_000_000)) == "f.json:1:2000000: error: more than 1000000 values are not read")
    let keys = (0..<500_000).map { "\"\($0)\":{}" }.joined(separator: ",")
    #expect(try parse("{\(keys)}").entries("the file").count == 500_000)
  }
}
