/// Reads JSON (RFC 8259) strictly, keeping positions.
package enum JSON {
  /// Nesting deeper than this is refused.
  private static let depthLimit = 64
  /// More values are refused, in which a file of some megabytes could take hundreds of them: the largest configurations
  /// have some ten thousand, and headers of safetensors eight for each of up to a hundred thousand tensors.
  static let valueLimit = 1_000_000

  /// The value in `bytes`. `file` names it in errors.
  ///
  /// `asPython` takes Infinity and NaN for values, which Python writes where JSON has no number.
  ///
  /// - Throws: `Diagnostic` with line and column for a syntax error, invalid UTF-8, a duplicate key, an empty file,
  ///   nesting deeper than 64, or more than a million values.
  package static func parse(
    _ bytes: some Collection<UInt8>, file: String, asPython: Bool = false
  ) throws(Diagnostic) -> Node {
    let bytes = Array(bytes)
    var reader = Reader(bytes: bytes, asPython: asPython, source: SourceText(file: file, bytes))
    reader.skipSpace()
    guard reader.peek != nil else { throw Diagnostic(file: file, "is empty; expected JSON") }
    let node = try reader.value(depth: 0)
    reader.skipSpace()
    guard reader.peek == nil else { throw reader.error("expected the end of the JSON text") }
    return node
  }

  /// A cursor over the text.
  private struct Reader {
    let bytes: [UInt8]
    let asPython: Bool
    let source: SourceText
    /// Values that were read so far.
    var count = 0
    var index = 0
    var line = 1
    /// What to take from an index to get a column: the bytes before the line and those that continue a character.
    var lineStart = 0

    var peek: UInt8? { index < bytes.count ? bytes[index] : nil }
    var position: Diagnostic.Position { Diagnostic.Position(in: source, line: line, column: index - lineStart + 1) }

    func error(_ message: String) -> Diagnostic {
      let found = peek.map { (32..<127).contains($0) ? "\"\(Character(Unicode.Scalar($0)))\"" : "byte \($0)" }
      return Diagnostic(position, "malformed JSON: \(message), found \(found ?? "the end")")
    }

    mutating func skipSpace() {
      while let byte = peek, byte == 32 || byte == 9 || byte == 10 || byte == 13 {
        index += 1
        if byte == 10 {
          line += 1
          lineStart = index
        }
      }
    }

    mutating func expect(_ character: Unicode.Scalar) throws(Diagnostic) {
      guard let byte = peek, UInt32(byte) == character.value else { throw error("expected \"\(character)\"") }
      index += 1
    }

    mutating func value(depth: Int) throws(Diagnostic) -> Node {
      guard depth < JSON.depthLimit else { throw Diagnostic(position, "nested deeper than \(JSON.depthLimit) levels") }
      count += 1
      guard count <= JSON.valueLimit else {
        throw Diagnostic(position, "more than \(JSON.valueLimit) values are not read")
      }
      let start = position
      switch peek {
      case UInt8(ascii: "{"): return Node(.mapping(try entries(depth: depth)), at: start)
      case UInt8(ascii: "["): return Node(.sequence(try items(depth: depth)), at: start)
      case UInt8(ascii: "\""): return Node(.scalar(try string(), quoted: true), at: start)
      default: return Node(.scalar(try literal(), quoted: false), at: start)
      }
    }

    mutating func entries(depth: Int) throws(Diagnostic) -> [Node.Entry] {
      var entries: [Node.Entry] = []
      var known = KnownKeys()
      try expect("{")
      skipSpace()
      while peek != UInt8(ascii: "}") {
        if !entries.isEmpty {
          try expect(",")
          skipSpace()
        }
        let start = position
        guard peek == UInt8(ascii: "\"") else { throw error("expected a key in double quotes") }
        let key = try string()
        if let first = known.insert(key, at: entries.count, among: entries) {
          throw Diagnostic(
            start, "duplicate key \"\(key.shortened)\"; it already stands in line \(entries[first].keyPosition.line)")
        }
        skipSpace()
        try expect(":")
        skipSpace()
        entries.append(Node.Entry(key: key, keyPosition: start, value: try value(depth: depth + 1)))
        skipSpace()
      }
      index += 1
      return entries
    }

    mutating func items(depth: Int) throws(Diagnostic) -> [Node] {
      var items: [Node] = []
      try expect("[")
      skipSpace()
      while peek != UInt8(ascii: "]") {
        if !items.isEmpty {
          try expect(",")
          skipSpace()
        }
        items.append(try value(depth: depth + 1))
        skipSpace()
      }
      index += 1
      return items
    }

    /// `true`, `false`, `null` or a number, as it is written.
    mutating func literal() throws(Diagnostic) -> String {
      let start = self
      while let byte = peek, !Self.endsLiteral(byte) { index += 1 }
      let text = bytes[start.index..<index]
      guard
        Self.words.contains(where: text.elementsEqual) || Self.isNumber(text)
          || asPython && Self.pythonWords.contains(where: text.elementsEqual)
      else {
        throw start.error("expected a value")
      }
      return String(decoding: text, as: UTF8.self)
    }

    private static let words = ["true", "false", "null"].map { [UInt8]($0.utf8) }
    private static let pythonWords = ["Infinity", "-Infinity", "NaN"].map { [UInt8]($0.utf8) }

    private static func endsLiteral(_ byte: UInt8) -> Bool {
      switch byte {
      case UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"), 32, 9, 13, 10: true
      default: false
      }
    }

    /// Whether the text matches JSON's grammar of numbers.
    static func isNumber(_ text: ArraySlice<UInt8>) -> Bool {
      var rest = text
      func take(_ characters: UInt8...) -> Bool {
        guard let byte = rest.first, characters.contains(byte) else { return false }
        rest = rest.dropFirst()
        return true
      }
      func digits() -> Int {
        let run = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.count
        rest = rest.dropFirst(run)
        return run
      }
      _ = take(UInt8(ascii: "-"))
      let leadingZero = rest.first == UInt8(ascii: "0")
      let integer = digits()
      guard integer > 0, !(leadingZero && integer > 1) else { return false }
      if take(UInt8(ascii: ".")), digits() == 0 { return false }
      if take(UInt8(ascii: "e"), UInt8(ascii: "E")) {
        _ = take(UInt8(ascii: "+"), UInt8(ascii: "-"))
        if digits() == 0 { return false }
      }
      return rest.isEmpty
    }

    mutating func string() throws(Diagnostic) -> String {
      try expect("\"")
      // Mostly there is no escape sequence, and the text is in one piece.
      var start = index
      var text: [UInt8] = []
      while let byte = peek, byte != UInt8(ascii: "\"") {
        guard byte >= 32 else { throw error("expected no control character in a string") }
        if byte == UInt8(ascii: "\\") {
          text += bytes[start..<index]
          index += 1
          text += UTF8.encode(try escaped()) ?? .init()
          start = index
        } else {
          if byte & 0xC0 == 0x80 { lineStart += 1 }
          index += 1
        }
      }
      let end = index
      try expect("\"")
      let valid =
        text.isEmpty
        ? String(validating: bytes[start..<end], as: UTF8.self)
        : String(validating: text + bytes[start..<end], as: UTF8.self)
      guard let valid else { throw error("expected valid UTF-8 in a string") }
      return valid
    }

    private static let plainEscapes: [UInt8: Unicode.Scalar] = [
      UInt8(ascii: "\""): "\"", UInt8(ascii: "\\"): "\\", UInt8(ascii: "/"): "/", UInt8(ascii: "b"): "\u{8}",
      UInt8(ascii: "f"): "\u{C}", UInt8(ascii: "n"): "\n", UInt8(ascii: "r"): "\r", UInt8(ascii: "t"): "\t",
    ]

    /// The character that the escape sequence after a backslash stands for.
    mutating func escaped() throws(Diagnostic) -> Unicode.Scalar {
      if let byte = peek, let scalar = Self.plainEscapes[byte] {
        index += 1
        return scalar
      }
      guard peek == UInt8(ascii: "u") else { throw error("expected an escape sequence") }
      let high = try hexUnit()
      if let scalar = Unicode.Scalar(high) { return scalar }
      guard high < 0xDC00, peek == UInt8(ascii: "\\") else { throw error("expected a surrogate pair") }
      index += 1
      guard peek == UInt8(ascii: "u") else { throw error("expected a surrogate pair") }
      let low = try hexUnit()
      guard (0xDC00..<0xE000).contains(low),
        let scalar = Unicode.Scalar(0x10000 + (UInt32(high) - 0xD800) << 10 + (UInt32(low) - 0xDC00))
      else { throw error("expected a surrogate pair") }
      return scalar
    }

    /// The four hexadecimal digits after `u`.
    mutating func hexUnit() throws(Diagnostic) -> UInt16 {
      index += 1
      let end = min(index + 4, bytes.count)
      let digits = String(decoding: bytes[index..<end], as: UTF8.self)
      guard digits.utf8.count == 4, digits.allSatisfy(\.isHexDigit), let unit = UInt16(digits, radix: 16) else {
        throw error("expected four hexadecimal digits")
      }
      index = end
      return unit
    }
  }
}

/// The keys of a mapping that were seen: few are compared one by one, many looked up.
private struct KnownKeys {
  private static let few = 8
  private var places: [String: Int] = [:]

  /// Takes in the key of the entry that is to stand at `place`; the place of the same key before, if there is one.
  mutating func insert(_ key: String, at place: Int, among entries: [Node.Entry]) -> Int? {
    if place < Self.few { return entries.firstIndex { $0.key == key } }
    if places.isEmpty { for (index, entry) in entries.enumerated() { places[entry.key] = index } }
    return places.updateValue(place, forKey: key)
  }
}
