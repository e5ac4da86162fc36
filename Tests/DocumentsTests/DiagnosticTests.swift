import Documents
import Testing

@Suite("Errors for the user")
struct DiagnosticTests {
  @Test("printed as compilers do, as far as the place is known")
  func form() {
    let place = Diagnostic.Position(file: "v100.yaml", line: 7, column: 12)
    #expect(Diagnostic(place, "expected a peak").description == "v100.yaml:7:12: error: expected a peak")
    #expect(Diagnostic(file: "v100.yaml", "is empty").description == "v100.yaml: error: is empty")
    #expect(Diagnostic("no tokens").description == "error: no tokens")
  }

  @Test("one line without control characters, whatever the data holds")
  func controlCharacters() {
    #expect(Diagnostic("a\nb\tc\u{1B}[31m\0\u{7F}").description == #"error: a\nb\tc\u{1B}[31m\0\u{7F}"#)
    #expect(Diagnostic(file: "x\ny", "z").description == #"x\ny: error: z"#)
    // The right-to-left override turns what follows around; the line separator breaks the line in some programs.
    #expect(Diagnostic("a\u{202E}b\u{2028}c\u{85}").description == #"error: a\u{202E}b\u{2028}c\u{0085}"#)
    #expect(Diagnostic("µ ä € 🦙").description == "error: µ ä € 🦙")
  }

  @Test func messagesEndSomewhere() {
    let error = Diagnostic(file: "f", String(repeating: "x", count: 10_000_000))
    #expect(error.description == "f: error: \(String(repeating: "x", count: 1997))...")
  }
}
