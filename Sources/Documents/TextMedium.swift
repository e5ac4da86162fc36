/// Where a text is to be shown that may come from anywhere: from the name of a file, or out of one.
///
/// Whatever the text holds, it stays one line, steers no terminal, turns no text around it and starts no formula:
/// control, format (bidirectional marks among them) and line-separating characters, and the bytes of names that are not
/// UTF-8, are written out as in `\u{1B}` or `\xE9`.
public enum TextMedium: Sendable, CaseIterable {
  /// Plain text.
  case terminal
  /// Inline Markdown, also in a cell of a table: what is markup gets a backslash.
  case markdown
  /// A cell of comma-separated values, quoted where it must be. An apostrophe stands before what a spreadsheet would
  /// take for a formula.
  case csv
  /// The text of an element of SVG or XML.
  case svg
  /// A string of JSON with its quotes. It is read back as it was, but for bytes of names.
  case json
}

extension String {
  /// The text fit to be shown there; see `TextMedium`.
  public func shown(in medium: TextMedium = .terminal) -> String {
    switch medium {
    case .terminal: visible
    case .markdown: visible.escaped { Self.markup.contains($0) ? "\\\($0)" : nil }
    case .csv: visible.sparedFormulas.quotedCell
    case .svg: visible.escaped { Self.entities[$0] }
    case .json: "\"\(escaped { Self.escape(inJSON: $0) })\""
    }
  }

  private static let markup = Set<Unicode.Scalar>("|*_`<\\[]&".unicodeScalars)
  private static let entities: [Unicode.Scalar: String] = [
    "&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;",
  ]
  /// What begins a formula, also at full width.
  private static let formula = Set<Unicode.Scalar>("=+-@\u{FF1D}\u{FF0B}\u{FF0D}\u{FF20}".unicodeScalars)
  private static let separators = Set<Unicode.Scalar>(",;\"".unicodeScalars)

  /// Whether all characters are printable ASCII, as of nearly all texts.
  private var isPlain: Bool { utf8.allSatisfy { (0x20..<0x7F).contains($0) } }

  private var visible: String {
    isPlain
      ? self
      : escaped { $0.isHidden ? SystemPath.byte(of: $0).map(Self.hexadecimal) ?? $0.escaped(asASCII: true) : nil }
  }

  private var sparedFormulas: String {
    unicodeScalars.first.map(Self.formula.contains) == true ? "'\(self)" : self
  }

  private var quotedCell: String {
    guard unicodeScalars.contains(where: Self.separators.contains) else { return self }
    return "\"\(escaped { $0 == "\"" ? "\"\"" : nil })\""
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
      if let byte = SystemPath.byte(of: scalar) { return "\\\(hexadecimal(byte))" }
      return UTF16.encode(scalar).map { units in
        units.map { unit in
          let digits = String(unit, radix: 16)
          return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }.joined()
      }
    }
  }
}

extension Unicode.Scalar {
  /// Whether the character does not show as what it is.
  fileprivate var isHidden: Bool {
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: true
    default: properties.isNoncharacterCodePoint || SystemPath.byte(of: self) != nil
    }
  }
}
