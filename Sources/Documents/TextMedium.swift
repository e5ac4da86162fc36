/// Where a text is to be shown that may come from anywhere: from the name of a file, or out of one.
///
/// Whatever the text holds, it stays one line, steers no terminal, turns no text around it and starts no formula:
/// control, format (bidirectional marks among them), line-separating and invisible characters, and the bytes of names that
/// are not UTF-8, are written out as in `\u{1B}` or `\xE9`.
package enum TextMedium: Sendable, CaseIterable {
  /// Plain text.
  case terminal
  /// Inline Markdown, also in a cell of a table: what is markup gets a backslash.
  case markdown
  /// A cell of comma-separated values, quoted where it must be. An apostrophe stands before what a spreadsheet would
  /// take for a formula.
  case csv
  /// The text of an element of SVG, XML or HTML, or the value of an attribute in double quotes.
  case svg
  /// A string of JSON with its quotes. It is read back as it was; the bytes of a name that are not UTF-8 are U+EF80 to
  /// U+EFFF (see `String.init(systemPath:)`), so that no two names are one.
  case json
}

extension String {
  /// The text fit to be shown there; see `TextMedium`.
  package func shown(in medium: TextMedium = .terminal) -> String {
    switch medium {
    case .terminal: visible
    case .markdown: visible.escaped { Self.markup.contains($0) ? "\\\($0)" : nil }
    case .csv: visible.sparedFormulas.quotedCell
    case .svg: visible.escaped { Self.entities[$0] }
    case .json: isPlainJSON ? "\"\(self)\"" : "\"\(escaped { Self.escape(inJSON: $0) })\""
    }
  }

  private static let markup = Set<Unicode.Scalar>("|*_`<\\[]&".unicodeScalars)
  private static let entities: [Unicode.Scalar: String] = [
    "&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;",
  ]

  /// Whether all characters are printable ASCII, as of nearly all texts.
  private var isPlain: Bool { utf8.allSatisfy { (0x20..<0x7F).contains($0) } }

  /// Whether JSON escapes nothing of it.
  private var isPlainJSON: Bool { utf8.allSatisfy { (0x20..<0x7F).contains($0) && $0 != 0x22 && $0 != 0x5C } }

  private var visible: String {
    isPlain
      ? self
      : escaped { $0.isHidden ? SystemPath.byte(of: $0).map(Self.hexadecimal) ?? $0.escaped(asASCII: true) : nil }
  }

  /// The text with an apostrophe before what begins a formula at its beginning, or behind a semicolon, which separates
  /// cells where the comma is the decimal point; white space before it does not matter to a spreadsheet.
  private var sparedFormulas: String {
    let formulas = formulas
    guard !formulas.isEmpty else { return self }
    var result = self
    for index in formulas.reversed() { result.unicodeScalars.insert("'", at: index) }
    return result
  }

  /// Where formulas would begin.
  private var formulas: [String.Index] {
    var indices: [String.Index] = []
    var isBeginning = true
    for index in unicodeScalars.indices {
      let scalar = unicodeScalars[index]
      if isBeginning, scalar.beginsFormula { indices.append(index) }
      isBeginning = scalar == ";" || isBeginning && scalar.isBlank
    }
    return indices
  }

  private var quotedCell: String {
    guard utf8.contains(where: { $0 == 0x2C || $0 == 0x3B || $0 == 0x22 }) else { return self }
    var bytes: [UInt8] = [0x22]
    bytes.reserveCapacity(utf8.count + 16)
    for byte in utf8 {
      if byte == 0x22 { bytes.append(byte) }
      bytes.append(byte)
    }
    bytes.append(0x22)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The text with some characters replaced.
  private func escaped(_ replacement: (Unicode.Scalar) -> String?) -> String {
    var result = ""
    result.reserveCapacity(utf8.count)
    for scalar in unicodeScalars {
      if let text = replacement(scalar) { result += text } else { result.unicodeScalars.append(scalar) }
    }
    return result
  }

  private static func hexadecimal(_ byte: UInt8) -> String { "\\x\(String(byte, radix: 16, uppercase: true))" }

  private static func escape(inJSON scalar: Unicode.Scalar) -> String? {
    switch scalar {
    case "\"": return "\\\""
    case "\\": return "\\\\"
    case "\n": return "\\n"
    case "\t": return "\\t"
    case "\r": return "\\r"
    case _ where (0x20..<0x7F).contains(scalar.value) || !scalar.isHidden: return nil
    default:
      return UTF16.encode(scalar).map { units in
        units.map { unit in
          let digits = String(unit, radix: 16)
          return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }.joined()
      }
    }
  }
}

extension StringProtocol {
  /// Whether there is anything in the text that people can see.
  var isVisible: Bool { unicodeScalars.contains { !$0.isBlank && !$0.isHidden } }
}

extension Unicode.Scalar {
  /// Whether the character is white, as spaces of any width are.
  fileprivate var isBlank: Bool { properties.isWhitespace || self == "\u{2800}" }

  /// Whether the character begins a formula of a spreadsheet, also at full width.
  fileprivate var beginsFormula: Bool {
    switch self {
    case "=", "+", "-", "@", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}": true
    default: false
    }
  }

  /// Whether the character does not show as what it is.
  fileprivate var isHidden: Bool {
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: true
    default:
      properties.isNoncharacterCodePoint || properties.isDefaultIgnorableCodePoint && !properties.isVariationSelector
        || SystemPath.byte(of: self) != nil
    }
  }
}
