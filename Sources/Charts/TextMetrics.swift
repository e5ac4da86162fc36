internal import Documents

/// How much room texts take, whichever sans-serif font draws them.
enum TextMetrics {
  /// Widths of the characters from space to tilde in hundredths of the font's size: the wider of DejaVu Sans and
  /// Liberation Sans (whose widths are Arial's), rounded up.
  private static let ascii: [Double] = [
    32, 40, 46, 84, 64, 95, 78, 28, 39, 39, 50, 84, 32, 36, 32, 34, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 34, 34, 84,
    84, 84, 56, 102, 69, 69, 73, 77, 67, 61, 78, 76, 30, 50, 67, 56, 87, 75, 79, 67, 79, 73, 67, 61, 74, 69, 99, 69, 67,
    69, 39, 34, 39, 84, 56, 50, 62, 64, 55, 64, 62, 36, 64, 64, 28, 28, 58, 28, 98, 64, 62, 64, 64, 42, 52, 40, 64, 60,
    82, 60, 60, 53, 64, 34, 64, 84,
  ]

  /// The width of a text on one line, in pixels.
  static func width(_ text: String, size: Double, bold: Bool = false) -> Double {
    let sum = text.unicodeScalars.reduce(0) { $0 + width($1) }
    return sum / 100 * size * (bold ? 1.1 : 1)
  }

  private static func width(_ scalar: Unicode.Scalar) -> Double {
    switch scalar.value {
    case 0x20...0x7E: return ascii[Int(scalar.value) - 0x20]
    case ..<0x2E80: return scalar.properties.generalCategory == .nonspacingMark ? 0 : 100
    default: return 110
    }
  }

  /// The lines of a text that is no wider than `width`, broken between words, and within one that is wider alone.
  static func lines(_ text: String, width limit: Double, size: Double, bold: Bool = false) -> [String] {
    var lines: [String] = []
    var line = ""
    func fits(_ text: String) -> Bool { width(text, size: size, bold: bold) <= limit }
    for word in text.split(separator: " ") {
      let longer = line.isEmpty ? String(word) : "\(line) \(word)"
      if fits(longer) {
        line = longer
        continue
      }
      if !line.isEmpty { lines.append(line) }
      line = ""
      for character in word {
        if !line.isEmpty, !fits("\(line)\(character)") {
          lines.append(line)
          line = ""
        }
        line.append(character)
      }
    }
    return line.isEmpty ? lines : lines + [line]
  }
}
