#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

extension Double {
  /// The number with exactly so many decimals (0 to 1000), correctly rounded: ties to even on the exact binary value.
  package func fixed(_ decimals: Int) -> String {
    guard isFinite else { return "\(self)" }
    return printed("%.*f", decimals)
  }

  /// The number as `9.96e+01` with so many decimals, correctly rounded, and its power of ten; for finite numbers.
  func scientific(_ decimals: Int) -> (text: String, exponent: Int) {
    let text = printed("%.*e", decimals)
    return (text, text.split(separator: "e").last.flatMap { Int($0) } ?? 0)
  }

  /// The number as C prints it. 400 characters hold the digits before the point of every finite number.
  private func printed(_ format: String, _ decimals: Int) -> String {
    let decimals = min(max(0, decimals), 1000)
    var buffer = [CChar](repeating: 0, count: 400 + decimals)
    let length = withVaList([Int32(decimals), self]) { vsnprintf(&buffer, buffer.count, format, $0) }
    return String(decoding: buffer[..<Int(length)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// The number in the shortest text that reads back as the same `Double`; whole numbers without a decimal point.
  ///
  /// Valid in JSON and CSV for every finite number.
  package var shortest: String {
    if self == rounded(), magnitude < 0x1p63 { return "\(Int64(self))" }
    return "\(self)"
  }
}

extension Int {
  /// Reads a whole number as people write it: `2000`, `2k`, `1.5M`; k is a thousand, M a million. Nil for anything else.
  package init?(counting text: String) {
    if let plain = Int(text) {
      self = plain
      return
    }
    let factors: [Character: Double] = ["k": 1e3, "K": 1e3, "M": 1e6]
    let digits = text.dropLast()
    guard let factor = text.last.flatMap({ factors[$0] }), digits.first?.isWholeNumber == true,
      digits.allSatisfy({ ("0"..."9").contains($0) || $0 == "." }), let number = Double(digits),
      let count = Int(exactly: (number * factor * 1e6).rounded() / 1e6)
    else { return nil }
    self = count
  }
}

extension Double {
  /// Reads a number as people write it: `0.5`, `2000`, `2k`, `1.5M`. Nil for anything else.
  package init?(counting text: String) {
    if let number = Double(text), number.isFinite, text.last?.isNumber == true {
      self = number
    } else if let number = Int(counting: text) {
      self = Double(number)
    } else {
      return nil
    }
  }
}

extension StringProtocol {
  /// The text without spaces at either end.
  package func trimmingSpaces() -> String {
    var rest = self[...]
    while rest.first == " " { rest = rest.dropFirst() }
    while rest.last == " " { rest = rest.dropLast() }
    return String(rest)
  }
}
