import Documents
import Testing

@Suite("All errors of a file at once")
struct FindingsTests {
  private func node(_ text: String) throws -> Node { try YAML.parse(Array(text.utf8), file: "f.yaml") }

  @Test("in the order of their places, each once, with its line and a caret")
  func order() throws {
    let root = try node("name: x\nlist:\n  - 7\n  - 8\n")
    let entries = try root.entries("the file")
    let items = try entries[1].value.items("the list")
    let findings = Findings()
    findings.add(items[1].error("too much"))
    #expect(findings.attempt(try items[0].integer("the seven", in: 1...5), or: 3) == 3)
    #expect(findings.attempt(try items[0].integer("the seven", in: 1...5)) == nil)
    #expect(findings.attempt(try items[0].integer("the seven", in: 1...9)) == 7)
    findings.add(entries[0].value.error("no name"))
    let error = try #require(throws: Diagnostic.self) { try findings.check() }
    #expect(
      error.explanation == """
        f.yaml:1:7: error: no name
          name: x
                ^
        f.yaml:3:5: error: expected the seven to be a whole number from 1 to 5, found "7"
            - 7
              ^
        f.yaml:4:5: error: too much
            - 8
              ^
        """)
    #expect(error.description == "f.yaml:1:7: error: no name")
    try Findings().check()
  }

  @Test("an error that brings others along is several")
  func flattened() throws {
    let findings = Findings()
    let root = try node("a: 1\nb: 2\nc:\n")
    findings.attempt(try { () throws(Diagnostic) in _ = try Fields(root, "the file", known: ["name"]) }(), or: ())
    #expect(findings.all.count == 4)
    #expect(findings.all.allSatisfy { $0.further.isEmpty })
  }

  @Test("a misspelt key is not reported as missing, too")
  func misspelt() throws {
    let findings = Findings()
    let fields = try Fields(node("naem: x\n"), "the file", known: ["name", "title"], findings)
    findings.attempt(try { () throws(Diagnostic) in _ = try fields.required("name") }(), or: ())
    findings.attempt(try { () throws(Diagnostic) in _ = try fields.required("title") }(), or: ())
    #expect(
      findings.all.map(\.message) == [
        "unknown key \"naem\" in the file; did you mean \"name\"?", "the file lacks the required key \"title\"",
      ])
  }

  @Test("what is wrong with the YAML itself, and what keeps it from being read on, come together")
  func syntax() throws {
    let text = "a: 1\na: !x 2\nb: *c\nd: [\n"
    let error = try #require(throws: Diagnostic.self) { try node(text) }
    let lines = ([error] + error.further).map { $0.position?.line }
    #expect(lines == [2, 2, 3, 5])
    #expect(error.message.hasPrefix("duplicate key"))
  }

  @Test("a long line is shown around the place, control characters are escaped")
  func quotes() throws {
    let text = String(repeating: "x", count: 300) + ": \u{7F}1"
    let error = try #require(throws: Diagnostic.self) { try node("\"\u{202E}\": [\n") }
    #expect(error.explanation.contains("\u{202E}") == false)
    let entry = try node(String(text.filter { $0 != "\u{7F}" })).entries("the file")[0]
    let lines = entry.value.error("no").explanation.split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines[1].count < 120 && lines[1].hasPrefix("  ...xxx") && lines[1].hasSuffix("x: 1"))
    // The caret stands under the value, which is the last character of the line.
    #expect(lines[2].count == lines[1].count && lines[2].hasSuffix("^"))
  }

  @Test("a file of nothing but errors has the first hundred told")
  func many() throws {
    let text = (0..<5000).map { "k\($0): 1\n" }.joined()
    let error = try #require(throws: Diagnostic.self) { try Fields(node(text), "the file", known: ["name"]) }
    #expect(error.further.count <= 100)
    #expect(error.explanation.split(separator: "\n").count <= 3 * 101)
    let repeated = try #require(throws: Diagnostic.self) { try node(String(repeating: "k: 1\n", count: 5000)) }
    #expect(repeated.further.count == 100 && repeated.further.last?.message == "more errors than these 100")
    #expect(repeated.further[98].position?.line == 101)
  }
}
