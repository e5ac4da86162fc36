/// Why a text is not the quantity that was asked for.
public struct QuantityError: Error, Equatable, CustomStringConvertible {
  /// What was found and what was expected, in one sentence without a full stop.
  public let description: String
}

extension Quantity {
  /// Reads a quantity such as `900 GB/s`: a plain decimal number, optional space, an SI prefix and the unit.
  ///
  /// Prefixes are k M G T P E (powers of 1000) and, for bytes, also Ki Mi Gi Ti (powers of 1024).
  /// - Throws: `QuantityError` for anything else, and for a number that is not positive and finite.
  public init(parsing text: String) throws(QuantityError) {
    let trimmed = text.trimmingSpaces()
    let split = trimmed.firstIndex { !"+-.0123456789eE".contains($0) } ?? trimmed.endIndex
    // An `E` that begins the unit (as in `EB`) is a prefix, not an exponent: numbers here are written out.
    let number = trimmed[..<split].trimmingSpaces()
    let unit = trimmed[split...].trimmingSpaces()
    let expected = "expected \(Self.notation.kind) such as \"\(Self.notation.example)\""
    guard let value = Double(number) else {
      throw QuantityError(description: "\(expected), found \"\(text)\"")
    }
    guard !unit.isEmpty else {
      throw QuantityError(description: "\(expected), found \"\(text)\" without a unit")
    }
    guard let factor = Self.factor(of: unit) else {
      throw QuantityError(description: "\(expected), found the unit \"\(unit)\"")
    }
    guard value > 0, (value * factor).isFinite else {
      throw QuantityError(description: "\(expected), greater than zero and finite, found \"\(text)\"")
    }
    self.init(value * factor)
  }

  /// How many base units one `unit` is, or nil if it is no unit of this quantity.
  private static func factor(of unit: String) -> Double? {
    for symbol in notation.symbols where unit.hasSuffix(symbol) {
      let prefix = String(unit.dropLast(symbol.count))
      if let factor = siPrefixes[prefix] { return factor }
      if symbol == "B", let factor = binaryPrefixes[prefix] { return factor }
    }
    return nil
  }

  /// The quantity with an SI prefix and three significant digits, for people: `73.0 ms`, `13.5 GB`.
  public var description: String { formatted(significantDigits: 3) }

  /// The quantity with an SI prefix and so many significant digits.
  public func formatted(significantDigits: Int) -> String {
    let symbol = Self.notation.symbols[0]
    guard value.isFinite, value != 0 else { return "\(value == 0 ? "0" : "\(value)") \(symbol)" }
    let scale = printedPrefixes.last { significant($0.factor, digits: significantDigits) } ?? printedPrefixes[0]
    let scaled = value / scale.factor
    let integerDigits = String(scaled.magnitude.fixed(0)).count
    return "\(scaled.fixed(max(0, significantDigits - integerDigits))) \(scale.prefix)\(symbol)"
  }

  /// Whether the value, rounded to so many digits, is at least 1 in units of `factor`.
  private func significant(_ factor: Double, digits: Int) -> Bool {
    let scaled = value.magnitude / factor
    return scaled >= 1 || scaled.fixed(digits).first != "0"
  }
}

private let siPrefixes: [String: Double] = [
  "": 1, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18,
]
private let binaryPrefixes: [String: Double] = [
  "Ki": 1024, "Mi": 1_048_576, "Gi": 1_073_741_824, "Ti": 1_099_511_627_776,
]
private let printedPrefixes: [(prefix: String, factor: Double)] = [
  ("n", 1e-9), ("µ", 1e-6), ("m", 1e-3), ("", 1), ("k", 1e3), ("M", 1e6), ("G", 1e9), ("T", 1e12), ("P", 1e15),
]
