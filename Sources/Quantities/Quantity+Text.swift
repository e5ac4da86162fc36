/// Why a text is not the quantity that was asked for.
package struct QuantityError: Error, Equatable, CustomStringConvertible {
  /// What was found and what was expected, in one sentence without a full stop.
  package let description: String
}

extension Quantity {
  /// Reads a quantity such as `900 GB/s`: a plain decimal number, optional space, an SI prefix and the unit.
  ///
  /// The unit may be one of `notation.spellings`, too. Prefixes are k M G T P E (powers of 1000), for bytes also Ki Mi Gi Ti (powers of 1024), and for times and powers
  /// m µ u n (parts of the unit).
  /// - Throws: `QuantityError` for anything else, and for a number that is not positive and finite.
  package init(parsing text: String) throws(QuantityError) {
    let trimmed = text.trimmingSpaces()
    let number = trimmed.leadingNumber
    let unit = trimmed.dropFirst(number.count).trimmingSpaces()
    let expected = "expected \(Self.notation.kind) such as \"\(Self.notation.example)\""
    guard let value = Double(number) else {
      throw QuantityError(description: "\(expected), found \"\(text)\"")
    }
    guard !unit.isEmpty else {
      throw QuantityError(description: "\(expected), found \"\(text)\" without a unit")
    }
    guard let factor = Self.factor(of: unit) else {
      let isOfBits = Self.notation.symbols[0].hasSuffix("B/s") && unit.contains("b")
      throw QuantityError(
        description: "\(expected), found the unit \"\(unit)\"\(isOfBits ? "; b is a bit, B a byte" : "")")
    }
    guard value > 0, (value * factor).isFinite else {
      throw QuantityError(description: "\(expected), greater than zero and finite, found \"\(text)\"")
    }
    self.init(value * factor)
  }

  /// How many base units one `unit` is, or nil if it is no unit of this quantity.
  private static func factor(of unit: String) -> Double? {
    for symbol in notation.symbols + notation.spellings where unit.hasSuffix(symbol) {
      let prefix = String(unit.dropLast(symbol.count))
      if let factor = siPrefixes[prefix] { return factor }
      if notation.isBinary, let factor = binaryPrefixes[prefix] { return factor }
      if notation.submultiples, let factor = smallPrefixes[prefix] { return factor }
    }
    return nil
  }

  /// The quantity with an SI prefix and three significant digits, for people: `73.0 ms`, `13.5 GB`.
  public var description: String { formatted(significantDigits: 3) }

  /// The quantity with an SI prefix and so many significant digits (at least 3); what lies far beyond the prefixes has
  /// a power of ten instead: `1.00e+308 B/s`.
  public func formatted(significantDigits: Int) -> String {
    let symbol = Self.notation.symbols[0]
    guard value.isFinite, value != 0 else { return "\(value == 0 ? "0" : "\(value)") \(symbol)" }
    let digits = max(3, significantDigits)
    let (text, exponent) = value.scientific(digits - 1)
    let prefixes = printedPrefixes.filter { Self.notation.submultiples || $0.exponent >= 0 }
    guard let prefix = prefixes.last(where: { $0.exponent <= exponent }) ?? prefixes.first,
      (-3..<6).contains(exponent - prefix.exponent)
    else { return "\(text) \(symbol)" }
    return "\((value / prefix.factor).fixed(max(0, digits - 1 - (exponent - prefix.exponent)))) \(prefix.name)\(symbol)"
  }
}

extension String {
  /// What a plain decimal number in front takes up: `900` of `900 GB/s`, `1` of `1EB`, `1e5` of `1e5 B`.
  fileprivate var leadingNumber: String {
    var rest = self[...]
    func skip(_ allowed: String) -> Int {
      let count = rest.prefix { allowed.contains($0) }.count
      rest = rest.dropFirst(count)
      return count
    }
    if "+-".contains(rest.first ?? " ") { rest = rest.dropFirst() }
    _ = skip("0123456789")
    if rest.first == "." {
      rest = rest.dropFirst()
      _ = skip("0123456789")
    }
    let mantissa = rest
    if "eE".contains(rest.first ?? " ") {
      rest = rest.dropFirst()
      if "+-".contains(rest.first ?? " ") { rest = rest.dropFirst() }
      if skip("0123456789") == 0 { rest = mantissa }
    }
    return String(dropLast(rest.count))
  }
}

private let siPrefixes: [String: Double] = [
  "": 1, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18,
]
private let binaryPrefixes: [String: Double] = [
  "Ki": 1024, "Mi": 1_048_576, "Gi": 1_073_741_824, "Ti": 1_099_511_627_776,
]
/// The two code points that are written as µ: the micro sign and the Greek letter; and `u` for want of either.
private let smallPrefixes: [String: Double] = ["m": 1e-3, "\u{B5}": 1e-6, "\u{3BC}": 1e-6, "u": 1e-6, "n": 1e-9]

private let printedPrefixes: [(name: String, exponent: Int, factor: Double)] = [
  ("n", -9, 1e-9), ("\u{B5}", -6, 1e-6), ("m", -3, 1e-3), ("", 0, 1), ("k", 3, 1e3), ("M", 6, 1e6), ("G", 9, 1e9),
  ("T", 12, 1e12), ("P", 15, 1e15), ("E", 18, 1e18),
]
