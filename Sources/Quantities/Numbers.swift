#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

extension Double {
  /// The number with exactly so many decimals, correctly rounded (ties to even on the exact binary value, as C does).
  public func fixed(_ decimals: Int) -> String {
    guard isFinite else { return "\(self)" }
    var buffer = [CChar](repeating: 0, count: 400 + max(0, decimals))
    let length = withVaList([Int32(clamping: decimals), self]) { vsnprintf(&buffer, buffer.count, "%.*f", $0) }
    return String(decoding: buffer[..<Int(length)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// The number in the shortest text that reads back as the same `Double`; whole numbers without a decimal point.
  ///
  /// Valid in JSON and CSV for every finite number.
  public var shortest: String {
    if self == rounded(), magnitude < 0x1p63 { return "\(Int64(self))" }
    return "\(self)"
  }
}

extension StringProtocol {
  /// The text without spaces at either end.
  public func trimmingSpaces() -> String {
    var rest = self[...]
    while rest.first == " " { rest = rest.dropFirst() }
    while rest.last == " " { rest = rest.dropLast() }
    return String(rest)
  }
}
