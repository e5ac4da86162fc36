import Documents
import Foundation
import Testing

@Suite("Foreign text as it is shown")
struct TextMediumTests {
  /// Most characters that steer a terminal, turn or hide text, and some that do not.
  private static let everything = String(
    String.UnicodeScalarView(
      [
        0...0x900, 0x1800...0x1810, 0x2000...0x2070, 0xEF80...0xEFFF, 0xFDD0...0xFDEF, 0xFF00...0xFFFF,
        0xE0000...0xE0080,
      ]
      .flatMap { $0.compactMap(Unicode.Scalar.init) }))

  @Test("holds no control, format or separating character in any medium", arguments: TextMedium.allCases)
  func harmless(medium: TextMedium) {
    let shown = Self.everything.shown(in: medium)
    let harmful = shown.unicodeScalars.filter {
      [.control, .format, .lineSeparator, .paragraphSeparator, .surrogate].contains($0.properties.generalCategory)
        || $0.properties.isNoncharacterCodePoint
    }
    #expect(harmful.isEmpty)
  }

  @Test("plain text is itself", arguments: TextMedium.allCases)
  func plain(medium: TextMedium) {
    for text in ["", "Vicuna 7B v1.5", "Ünïcode 日本 ∑", "12.5 GB/s (x86)"] {
      #expect(text.shown(in: medium) == (medium == .json ? "\"\(text)\"" : text))
    }
  }

  @Test("what is hidden is written out")
  func terminal() {
    #expect("a\nb\u{1B}[31m\u{202E}\u{7F}".shown() == #"a\nb\u{1B}[31m\u{202E}\u{7F}"#)
    #expect(String(systemPath: [0x61, 0xE9, 0x80]).shown() == #"a\xE9\x80"#)
    // A filler of Hangul and a word joiner show as nothing; a variation selector changes the heart before it.
    #expect("\u{3164}\u{2060}".shown() == #"\u{3164}\u{2060}"#)
    #expect("\u{2764}\u{FE0F}".shown() == "\u{2764}\u{FE0F}")
  }

  @Test("no cell of CSV is a formula, and each is one cell")
  func csv() {
    for start in ["=", "+", "-", "@", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}"] {
      #expect("\(start)1+1".shown(in: .csv) == "'\(start)1+1")
    }
    // Where the list separator is a semicolon, too, and behind white space of any width.
    #expect("a;=1+1".shown(in: .csv) == "\"a;'=1+1\"")
    #expect("a; ; @x".shown(in: .csv) == "\"a; ; '@x\"")
    for space in [" ", "\u{A0}", "\u{3000}", "  \u{2800}"] {
      #expect("\(space)\u{FF1D}1".shown(in: .csv) == "\(space)'\u{FF1D}1")
    }
    #expect(" a =1".shown(in: .csv) == " a =1")
    #expect("=a,\"b\"".shown(in: .csv) == "\"'=a,\"\"b\"\"\"")
    #expect("\t=1".shown(in: .csv) == #"\t=1"#)
    #expect("1=1".shown(in: .csv) == "1=1")
  }

  @Test("Markdown and SVG are escaped")
  func markup() {
    #expect("a|b*_`<\\[x](y)&amp;".shown(in: .markdown) == #"a\|b\*\_\`\<\\\[x\](y)\&amp;"#)
    #expect("<a href=\"x\">&".shown(in: .svg) == "&lt;a href=&quot;x&quot;&gt;&amp;")
  }

  @Test("JSON is read back as it was by another reader")
  func json() throws {
    let text = Self.everything.filter { !$0.unicodeScalars.contains { (0xEF80...0xEFFF).contains($0.value) } }
    let data = Data("[\(text.shown(in: .json))]".utf8)
    let read = try #require(try JSONSerialization.jsonObject(with: data) as? [String])
    #expect(Array(read[0].utf8) == Array(text.utf8))
    // A byte that is no UTF-8, and the three bytes of the very character that stands for it.
    #expect(String(systemPath: [0xE9]).shown(in: .json) == #""\uefe9""#)
    #expect(String(systemPath: [0xEE, 0xBF, 0xA9]).shown(in: .json) == #""\uefee\uefbf\uefa9""#)
  }
}
