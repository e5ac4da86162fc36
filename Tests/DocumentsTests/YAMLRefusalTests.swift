import Documents
import Testing

@Suite("Refusing YAML")
struct YAMLRefusalTests {
  private func refusal(_ bytes: [UInt8]) -> String? { diagnostic { try YAML.parse(bytes, file: "f.yaml") } }
  private func refusal(_ text: String) -> String? { refusal(Array(text.utf8)) }

  @Test(arguments: ["", "\n", " \n \n", "# only a comment\n", "---\n", "---\n...\n", "null\n", "~"])
  func empty(text: String) {
    #expect(refusal(text) == "f.yaml: error: is empty; expected a YAML mapping")
  }

  @Test func duplicateKey() {
    #expect(
      refusal("a: 1\nb: 2\n\"a\": 3\n") == "f.yaml:3:1: error: duplicate key \"a\"; it already stands in line 1")
    #expect(
      refusal("x: {k: 1,\n    k: 2}\n") == "f.yaml:2:5: error: duplicate key \"k\"; it already stands in line 1")
  }

  @Test(
    "aliases are refused, those that refer to themselves too",
    arguments: [
      ("a: &x 1\nb: *x\n", 2, 4), ("a: &x [*x]\n", 1, 8), ("&x a: *x\n", 1, 7), ("a: &x\n  b: *x\n", 2, 6),
      ("- &x [1]\n- *x\n", 2, 3), ("base: &x {k: 1}\nuser:\n  <<: *x\n", 3, 7), ("a: *nowhere\n", 1, 4),
    ])
  func alias(text: String, line: Int, column: Int) {
    #expect(
      refusal(text)
        == "f.yaml:\(line):\(column): error: YAML aliases (*name) are not accepted here; write the value out")
  }

  @Test("a billion laughs stop at the first alias")
  func billionLaughs() {
    var text = "a0: &a0 [x, x]\n"
    for level in 1...40 { text += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
    #expect(refusal(text)?.hasPrefix("f.yaml:2:10: error: YAML aliases") == true)
  }

  @Test(
    "tags are refused: nothing would heed them",
    arguments: [
      ("a: !include other.yaml\n", 1, 4), ("a: !!str 5\n", 1, 4), ("a: !list\n  - b\n", 1, 4), ("!map\na: b\n", 1, 1),
      ("a: [1, !x 2]\n", 1, 8), ("!!str a: b\n", 1, 1),
    ])
  func tag(text: String, line: Int, column: Int) {
    #expect(
      refusal(text) == "f.yaml:\(line):\(column): error: YAML tags (!name) are not accepted here; leave the tag out")
  }

  @Test func secondDocument() {
    #expect(
      refusal("a: 1\n---\nb: 2\n") == "f.yaml:2:1: error: expected a single YAML document, found a second one")
  }

  @Test func tabIndentation() {
    let error = refusal("memory:\n\tbandwidth: 900 GB/s\n")
    #expect(error?.hasPrefix("f.yaml:2:1: error: malformed YAML: ") == true)
    #expect(error?.hasSuffix("; indent with spaces, YAML forbids tabs") == true)
  }

  @Test func tabAfterSpaces() {
    let error = refusal("memory:\n  \tbandwidth: 1\n  x: 2\n")
    #expect(error?.hasPrefix("f.yaml:") == true)
    #expect(error?.contains("indent with spaces") == true)
  }

  @Test(
    "syntax errors stand where libyaml sees them",
    arguments: [
      ("a: [1, 2\n", 2), ("a: \"open\n", 2), ("a: b\n c: d\n", 2), ("a: b: c\n", 1), ("a: @b\n", 1), ("{a: b\n", 2),
      ("a: 1\n- b\n", 2), ("%YAML 9.9\n---\na: b\n", 1), ("a: {b\n", 2), ("]\n", 1),
    ])
  func syntax(text: String, line: Int) {
    let error = refusal(text)
    #expect(error?.hasPrefix("f.yaml:\(line):") == true)
    #expect(error?.contains(": error: malformed YAML: ") == true)
  }

  @Test func keysThatAreNoScalars() {
    #expect(refusal("? [a]\n: b\n") == "f.yaml:1:3: error: expected a plain key")
    #expect(refusal("{a: b}: c\n") == "f.yaml:1:1: error: expected a plain key")
  }

  @Test("bytes that are no UTF-8, and control characters, stand where they are")
  func encodings() {
    let ascii = Array("name: x\ntitle: ä".utf8)
    #expect(refusal(ascii + [0xFF]) == "f.yaml:2:9: error: malformed YAML: invalid leading UTF-8 octet")
    #expect(refusal(ascii + [0x00]) == "f.yaml:2:9: error: malformed YAML: control characters are not allowed")
    // A two-byte sequence that the file's end cuts off.
    #expect(refusal(ascii + [0xC3]) == "f.yaml:2:9: error: malformed YAML: incomplete UTF-8 octet sequence")
    // An overlong NUL, and a surrogate.
    #expect(refusal(Array("a".utf8) + [0xC0, 0x80])?.hasPrefix("f.yaml:1:2: error: malformed YAML: ") == true)
    #expect(refusal([0xED, 0xA0, 0x80])?.hasPrefix("f.yaml:1:1: error: malformed YAML: ") == true)
  }

  @Test("a million brackets end at once")
  func brackets() {
    for (text, problem) in [("[", "nested deeper"), ("- ", "nested deeper"), ("{", "plain key"), ("? ", "plain key")] {
      #expect(refusal(String(repeating: text, count: 1 << 19))?.contains(problem) == true)
    }
  }

  @Test("an error quotes no more than the beginning of a long text")
  func longTexts() {
    let key = String(repeating: "k", count: 500_000)
    let error = refusal("? \(key)\n: 1\n? \(key)\n: 2\n")
    #expect(
      error == "f.yaml:3:3: error: duplicate key \"\(key.prefix(37))...\"; it already stands in line 1")
  }
}
