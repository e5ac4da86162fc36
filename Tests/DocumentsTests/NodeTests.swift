import Documents
import Testing

@Suite("Values of a file")
struct NodeTests {
  private enum Fruit: String, CaseIterable { case apple, pear }

  private static let place = Diagnostic.Position(file: "f", line: 2, column: 3)

  private func plain(_ text: String) -> Node { Node(.scalar(text, quoted: false), at: Self.place) }
  private func quoted(_ text: String) -> Node { Node(.scalar(text, quoted: true), at: Self.place) }
  private let list = Node(.sequence([]), at: NodeTests.place)
  private let mapping = Node(.mapping([]), at: NodeTests.place)

  @Test func integers() throws {
    #expect(try plain("5").integer("n", in: 1...9) == 5)
    #expect(try plain("-3").integer("n", in: -5...9) == -3)
    for text in ["0", "10", "5.0", "1e0", "0x5", "five", "", "9223372036854775808", "1_0", "５"] {
      let error = diagnostic { try plain(text).integer("the number", in: 1...9) }
      let found = text.isEmpty ? "nothing" : "\"\(text)\""
      #expect(error == "f:2:3: error: expected the number to be a whole number from 1 to 9, found \(found)")
    }
    #expect(throws: Diagnostic.self) { try quoted("5").integer("n", in: 1...9) }
    #expect(throws: Diagnostic.self) { try list.integer("n", in: 1...9) }
  }

  @Test func numbers() throws {
    #expect(try plain("0.25").number("n", in: 0...1) == 0.25)
    #expect(try plain("1e-3").number("n", in: 0...1) == 0.001)
    for text in ["nan", "inf", "infinity", "-0.1", "1.1", "1e308", "1e400", "x", "50 %"] {
      let error = diagnostic { try plain(text).number("the share", in: 0...1) }
      #expect(error == "f:2:3: error: expected the share to be a number from 0.0 to 1.0, found \"\(text)\"")
    }
    #expect(throws: Diagnostic.self) { try quoted("0.5").number("n", in: 0...1) }
  }

  @Test func booleans() throws {
    #expect(try plain("true").boolean("b"))
    #expect(try !plain("false").boolean("b"))
    for text in ["yes", "True", "1", ""] { #expect(throws: Diagnostic.self) { try plain(text).boolean("b") } }
    #expect(throws: Diagnostic.self) { try quoted("true").boolean("b") }
  }

  @Test func texts() throws {
    #expect(try plain("a b").text("t") == "a b")
    #expect(try quoted("").text("t") == "")
    #expect(try quoted("null").text("t") == "null")
    #expect(
      diagnostic { try plain("").text("the name") } == "f:2:3: error: expected the name to be text, found nothing")
    #expect(diagnostic { try list.text("the name") } == "f:2:3: error: expected the name to be text, found a list")
  }

  @Test func choices() throws {
    #expect(try plain("pear").choice("the fruit", of: Fruit.self) == .pear)
    #expect(try plain("PEAR").choice("the fruit", of: Fruit.self) == .pear)
    #expect(
      diagnostic { try plain("pair").choice("the fruit", of: Fruit.self) }
        == "f:2:3: error: expected the fruit to be one of apple, pear; found \"pair\"")
  }

  @Test func collections() {
    #expect(
      diagnostic { try plain("x").entries("the file") }
        == "f:2:3: error: expected the file to be a mapping of keys to values, found \"x\"")
    #expect(
      diagnostic { try mapping.items("the list") }
        == "f:2:3: error: expected the list to be a list, found a mapping")
  }

  @Test("a long text is quoted by its beginning: 37 characters and three points")
  func summary() {
    let long = String(repeating: "ä", count: 41)
    #expect(plain(long).summary == "\"\(String(repeating: "ä", count: 37))...\"")
    #expect(plain(String(long.dropLast())).summary == "\"\(String(repeating: "ä", count: 40))\"")
    #expect(plain("~").summary == "nothing")
    #expect(quoted("~").summary == "\"~\"")
  }

  @Test("a name is something that people can see and read")
  func names() throws {
    func name(_ text: String) throws -> String { try Node(.scalar(text, quoted: true), at: Self.place).name("a name") }
    #expect(try name(" x\u{200B}") == " x\u{200B}")
    #expect(try name(String(repeating: "n", count: 1000)).count == 1000)
    // Spaces, a space that does not break, one of no width, a filler of Hangul, an empty pattern of Braille.
    for text in [" ", "\u{A0}", "\u{200B}", "\u{2060}\u{FEFF}", "\u{3164}", "\u{2800}", "\u{E0020}"] {
      #expect(diagnostic { try name(text) } == "f:2:3: error: expected a name, found an empty text")
    }
    #expect(
      diagnostic { try name(String(repeating: "é", count: 1001)) }
        == "f:2:3: error: expected a name to be of at most 1000 characters, found 1001")
  }
}
