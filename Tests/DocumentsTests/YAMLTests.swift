import Documents
import Testing

@Suite("Reading YAML")
struct YAMLTests {
  private func parse(_ text: String) throws -> Node { try YAML.parse(Array(text.utf8), file: "f.yaml") }

  @Test("mappings, lists and scalars, in block and in flow style, with where they stand")
  func structure() throws {
    let root = try parse(
      """
      # A comment.
      name: v100
      peaks: { fp16: 112 TFLOP/s }
      aliases:
        - first
        - "second one"
      """)
    let entries = try root.entries("the file")
    #expect(entries.map(\.key) == ["name", "peaks", "aliases"])
    #expect(entries.map(\.keyPosition.line) == [2, 3, 4])
    #expect(entries.map(\.keyPosition.column) == [1, 1, 1])
    #expect(root.position == Diagnostic.Position(file: "f.yaml", line: 2, column: 1))

    #expect(try entries[0].value.text("the name") == "v100")
    #expect(entries[0].value.position == Diagnostic.Position(file: "f.yaml", line: 2, column: 7))
    let peaks = try entries[1].value.entries("the peaks")
    #expect(peaks.map(\.key) == ["fp16"])
    #expect(try peaks[0].value.text("a peak") == "112 TFLOP/s")
    #expect(peaks[0].value.position == Diagnostic.Position(file: "f.yaml", line: 3, column: 16))
    #expect(try entries[2].value.items("the aliases").map { try $0.text("an alias") } == ["first", "second one"])
  }

  @Test("quoted scalars are text, whatever they hold; plain ones may be null, true or a number")
  func quoting() throws {
    let entries = try parse("a: \"5\"\nb: 5\nc: 'null'\nd: null\ne: ~\nf:\ng: \"\"\n").entries("the file")
    #expect(entries.map(\.value.isNull) == [false, false, false, true, true, true, false])
    #expect(throws: Diagnostic.self) { try entries[0].value.integer("a", in: 0...9) }
    #expect(try entries[1].value.integer("b", in: 0...9) == 5)
    #expect(try entries[2].value.text("c") == "null")
    #expect(try entries[6].value.text("g") == "")
  }

  @Test("columns count characters, not bytes")
  func columns() throws {
    // "ä" is two bytes in UTF-8: the value stands behind `ä`, a colon and a space, in column 4.
    let entry = try parse("ä: b\n").entries("the file")[0]
    #expect(entry.key == "ä")
    #expect(entry.value.position.column == 4)
  }

  @Test("a byte order mark, Windows line ends and an explicit document are read")
  func encodings() throws {
    for text in ["\u{FEFF}a: b\n", "a: b\r\n", "---\na: b\n...\n", "%YAML 1.1\n---\na: b\n", "a: b"] {
      let entries = try parse(text).entries("the file")
      #expect(entries.map(\.key) == ["a"])
      #expect(try entries[0].value.text("a") == "b")
    }
  }

  @Test("an anchor that no alias refers to changes nothing")
  func anchor() throws {
    #expect(try parse("a: &x b\n").entries("the file")[0].value.text("a") == "b")
  }

  @Test("63 lists inside each other are read, 64 are not")
  func depth() throws {
    // The innermost list is one level deep, the scalar within it the next: 63 brackets and a scalar are 64 levels.
    let deepest = try parse(String(repeating: "[", count: 63) + "x" + String(repeating: "]", count: 63))
    #expect(try deepest.items("a list").count == 1)
    let error = diagnostic { try parse(String(repeating: "[", count: 64) + "x" + String(repeating: "]", count: 64)) }
    #expect(error == "f.yaml:1:65: error: nested deeper than 64 levels")
  }
}
