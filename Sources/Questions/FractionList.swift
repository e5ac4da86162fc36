internal import Documents
internal import Quantities

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

extension [Double] {
  /// Numbers as people list them, with fractions: `0.5`, `1k`, and ranges as `1..8`, `0.5..2:0.5`, `1..64*2`; each once.
  ///
  /// - Parameter name: the option's, for errors.
  /// - Throws: `Diagnostic` that says what to write.
  init(listing texts: [String], in limits: ClosedRange<Double>, _ name: String) throws(Diagnostic) {
    self = []
    var seen: Set<Double> = []
    for text in texts {
      for number in try FractionRange(text, in: limits, name).numbers where seen.insert(number).inserted {
        append(number)
      }
    }
  }
}

/// A number, or a range of numbers.
private struct FractionRange {
  let numbers: [Double]

  /// Longer ranges are refused.
  private static let limit = 100_000

  init(_ text: String, in limits: ClosedRange<Double>, _ name: String) throws(Diagnostic) {
    let expected = "expected \(name) from \(limits.lowerBound.shortest) to \(limits.upperBound.shortest)"
    guard let bounds = text.ranges(of: "..").first else {
      guard let number = Double(counting: text) else {
        throw Diagnostic("\(expected), or a list or range as 1,2,4 or 0.5..2:0.5, found \"\(text)\"")
      }
      guard limits.contains(number) else { throw Diagnostic("\(expected), found \"\(text)\"") }
      numbers = [number]
      return
    }
    let (start, rest) = (text[..<bounds.lowerBound], text[bounds.upperBound...])
    let isProduct = rest.contains("*")
    let ends = rest.split(separator: isProduct ? "*" : ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = Double(counting: String(start)), let last = ends.first.flatMap({ Double(counting: String($0)) }),
      let growth = ends.count > 1 ? Double(counting: String(ends[1])) : 1
    else {
      throw Diagnostic("expected a range of \(name) as 1..8, 0.5..2:0.5 or 1..64*2, found \"\(text)\"")
    }
    guard limits.contains(first), limits.contains(last) else { throw Diagnostic("\(expected), found \"\(text)\"") }
    guard first <= last else { throw Diagnostic("the range \"\(text)\" of \(name) ends before it begins") }
    guard growth > (isProduct ? 1 : 0) else {
      let what = isProduct ? "grows by a factor above 1" : "has a step above 0"
      throw Diagnostic("a range of \(name) \(what), found \"\(text)\"")
    }
    // What rounding adds to a sum of steps neither drops the last number nor shows in any.
    let steps = isProduct ? log(last / first) / log(growth) : (last - first) / growth
    guard steps < Double(Self.limit) else {
      throw Diagnostic("the range \"\(text)\" of \(name) has more than \(Self.limit) numbers; write a wider step")
    }
    numbers = (0...Int(steps + 1e-9)).map { index in
      let number = isProduct ? first * pow(growth, Double(index)) : first + Double(index) * growth
      return number.rounded(digits: 12)
    }
  }
}

extension Double {
  /// The nearest number of so many decimal digits.
  fileprivate func rounded(digits: Int) -> Double {
    guard self != 0 else { return 0 }
    let scale = pow(10, Double(digits) - log10(magnitude).rounded(.up))
    return (self * scale).rounded() / scale
  }
}
