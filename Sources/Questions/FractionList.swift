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
    let form = WrittenRange<Double>.Form(
      name: name, limits: limits, text: { $0.shortest }, number: { Double(counting: $0) },
      steps: "0.5..2:0.5")
    var seen: Set<Double> = []
    for text in texts {
      for number in try WrittenRange(text, form).numbers(text, name) where seen.insert(number).inserted {
        append(number)
      }
    }
  }
}

extension WrittenRange<Double> {
  /// Longer ranges are refused.
  private static var limit: Double { 100_000 }

  /// All of its numbers.
  fileprivate func numbers(_ text: String, _ name: String) throws(Diagnostic) -> [Double] {
    guard let growth else { return [first] }
    let steps = isProduct ? log(last / first) / log(growth) : (last - first) / growth
    guard steps < Self.limit else {
      throw Diagnostic(
        "the range \"\(text)\" of \(name) has more than \(Self.limit.shortest) numbers; write a wider step")
    }
    // What rounding adds to a sum of steps neither drops the last number nor shows in any.
    return (0...Int(steps + 1e-9)).map { index in
      let number = isProduct ? first * pow(growth, Double(index)) : first + Double(index) * growth
      return index == 0 ? first : number.rounded(digits: 12)
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
