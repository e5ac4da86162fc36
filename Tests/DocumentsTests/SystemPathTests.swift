import Documents
import Testing

@Suite("Names of files as texts")
struct SystemPathTests {
  @Test("UTF-8 is itself")
  func plain() {
    for name in ["", "a.png", "ü\u{301}", "日本", "\u{1F600}", "\u{FEFF}x", "\u{10FFFF}"] {
      #expect(String(systemPath: Array(name.utf8)) == name)
      #expect(name.systemBytes == Array(name.utf8))
    }
  }

  @Test("any bytes come back, and no two names are one text")
  func anyBytes() {
    var texts: [String: [UInt8]] = [:]
    // Every byte, threes of the bytes that begin and end what may follow each other in UTF-8, alone and in a name; cut, overlong and surrogate sequences; and the
    // characters that stand for bytes, U+EF80 and U+EFFF.
    let some: [UInt8] = [
      0x2E, 0x61, 0x7F, 0x80, 0x9F, 0xA0, 0xBE, 0xBF, 0xC2, 0xDF, 0xE0, 0xEE, 0xEF, 0xF0, 0xF4, 0xFF,
    ]
    var names = some.flatMap { a in some.flatMap { b in some.map { c in [a, b, c] } } }
    names += (1...255).map { [UInt8($0)] } + names.map { $0 + [0x80, 0x2E] }
    names += [
      [0xE2, 0x82, 0x2E], [0xC0, 0xAF, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xEE, 0xBE, 0xA0, 0x61],
      [0xEE, 0xBF, 0x90],
      [0xEE, 0xBE, 0x80, 0xFF], [0xF0, 0x9F, 0x98, 0x80, 0x80],
    ]
    for name in names {
      let text = String(systemPath: name)
      #expect(text.systemBytes == name)
      // Swift takes texts for equal that are canonically equivalent; bytes tell them apart.
      let other = texts.updateValue(name, forKey: text.utf8.map(String.init).joined(separator: " "))
      #expect(other == nil)
    }
  }

  @Test("the parts of a path are cut at bytes")
  func parts() {
    let paths: [(path: String, prefix: String, name: String, ending: String?)] = [
      ("a/b.PNG", "a/", "b.PNG", ".png"), ("b", "", "b", nil), ("a/", "a/", "", nil), (".hidden", "", ".hidden", nil),
      ("v1.5", "", "v1.5", nil), ("a.b/c", "a.b/", "c", nil), ("x.tar.gz", "", "x.tar.gz", ".gz"),
      ("a.", "", "a.", nil),
      ("a.b c", "", "a.b c", nil),
    ]
    for (path, prefix, name, ending) in paths {
      #expect(path.folderPrefix == prefix && path.fileName == name && path.fileEnding == ending, "\(path)")
    }
    // To Swift the slash and the accent behind it are one character.
    #expect("a/\u{301}b".fileName == "\u{301}b" && "a/\u{301}b".folderPrefix == "a/")
  }
}
