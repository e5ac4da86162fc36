public import Documents
internal import Quantities

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// How many tokens, or pictures, a request has: a number, or a distribution that each request draws from.
public struct LengthDistribution: Sendable, Hashable {
  enum Form: Sendable, Hashable {
    case constant(Int)
    case uniform(ClosedRange<Int>)
    /// The normal distribution of the logarithm.
    case lognormal(mean: Double, deviation: Double)
    case gamma(shape: Double, scale: Double)
    /// Values, and up to which share of all draws each is taken.
    case histogram(values: [Int], shares: [Double])
  }

  let form: Form
  /// The distribution as it was written.
  public let text: String
  /// What had to give way, in a sentence.
  public let note: String?
  /// The least that is drawn.
  private let least: Int

  /// Longer draws are cut to this.
  public static let limit = 1_048_576

  private init(_ form: Form, text: String, least: Int, note: String? = nil) {
    (self.form, self.text, self.least, self.note) = (form, text, least, note)
  }

  /// Always the same.
  public init(_ number: Int) { self.init(.constant(number), text: "\(number)", least: 0) }

  /// Every value with a weight; there is one at least.
  public init(values: [(value: Int, weight: Double)], text: String) {
    let total = values.reduce(0) { $0 + $1.weight }
    var sum = 0.0
    let shares = values.map { entry in
      sum += entry.weight
      return sum / total
    }
    self.init(.histogram(values: values.map(\.value), shares: shares), text: text, least: 0)
  }

  /// Reads `200`, `uniform:min=80,max=100`, `lognormal:mean=200,p95=800` (or `p50`, `cv`), `gamma:mean=200,cv=1`,
  /// `exponential:mean=200` or `histogram:FILE.csv:COLUMN`; `option` is what errors call it.
  ///
  /// - Throws: `Diagnostic` for anything else, and for a file without such a column.
  public init(_ text: String, least: Int = 0, _ option: String) throws(Diagnostic) {
    if let number = Int(counting: text) {
      guard (least...Self.limit).contains(number) else {
        throw Diagnostic("expected \(option) from \(least) to \(Self.limit), found \(number)")
      }
      self.init(number)
      return
    }
    if text.lowercased().hasPrefix("histogram:") {
      self = try Self.histogram(text, least: least, option)
      return
    }
    var terms = try Terms(text, option)
    let (form, note) = try Self.form(&terms, text, least: least, option)
    try terms.finish()
    self.init(form, text: text, least: least, note: note)
  }

  /// The distribution of a name and its numbers, and what had to give way.
  private static func form(
    _ terms: inout Terms, _ text: String, least: Int, _ option: String
  ) throws(Diagnostic) -> (Form, String?) {
    let lengths = 1e-3...Double(limit)
    switch terms.name {
    case "uniform":
      let low = try terms.number("min", in: Double(least)...Double(limit)).rounded()
      let high = try terms.number("max", in: Double(least)...Double(limit)).rounded()
      guard low <= high else { throw Diagnostic("\(option) uniform ends before it begins: \"\(text)\"") }
      return (.uniform(Int(low)...Int(high)), nil)
    case "exponential":
      return (.gamma(shape: 1, scale: try terms.number("mean", in: lengths)), nil)
    case "gamma":
      let (mean, variation) = (try terms.number("mean", in: lengths), try terms.number("cv", in: 0.01...100))
      return (.gamma(shape: 1 / (variation * variation), scale: mean * variation * variation), nil)
    case "lognormal": return try lognormal(&terms, text, option)
    default:
      throw Diagnostic(
        "expected a number or a distribution for \(option), as 200, uniform:min=80,max=100, lognormal:mean=200,p95=700, "
          + "gamma:mean=200,cv=1, exponential:mean=200 or histogram:FILE.csv:COLUMN, found \"\(text)\"")
    }
  }

  /// A lognormal distribution by its mean and a percentile, or its coefficient of variation.
  private static func lognormal(
    _ terms: inout Terms, _ text: String, _ option: String
  ) throws(Diagnostic) -> (Form, String?) {
    let mean = try terms.number("mean", in: 1e-3...Double(limit))
    let (median, tail) = (try terms.optional("p50", in: 1e-3...1e9), try terms.optional("p95", in: 1e-3...1e9))
    let variation = try terms.optional("cv", in: 0.001...100)
    guard [median, tail, variation].count(where: { $0 != nil }) == 1 else {
      throw Diagnostic("\(option) lognormal takes mean and one of p50, p95 and cv, found \"\(text)\"")
    }
    var note: String?
    var deviation = 0.0
    if let variation { deviation = log(1 + variation * variation).squareRoot() }
    if let median {
      guard median <= mean else { throw Diagnostic("the median of a lognormal is below its mean: \"\(text)\"") }
      deviation = (2 * log(mean / median)).squareRoot()
    }
    if let tail {
      // p95 = exp(mu + z s) and mean = exp(mu + s s / 2), so that z s - s s / 2 = ln(p95 / mean): the smaller s. No s makes
      // p95 more than exp(z z / 2) means.
      let z = 1.6448536269514722
      let (ratio, most) = (log(tail / mean), z * z / 2)
      guard ratio > 0 else { throw Diagnostic("expected a p95 above the mean of \(option), found \"\(text)\"") }
      guard ratio <= most + log(1.05) else {
        throw Diagnostic(
          "no lognormal of mean \(mean.shortest) has a p95 above \((mean * exp(most)).fixed(0)); found \"\(text)\" of \(option)"
        )
      }
      if ratio > most {
        note =
          "no lognormal of mean \(mean.shortest) has a p95 above \((mean * exp(most)).fixed(0)): that one is drawn for "
          + "\(option)"
      }
      deviation = z - (max(0, z * z - 2 * ratio)).squareRoot()
    }
    return (.lognormal(mean: log(mean) - deviation * deviation / 2, deviation: deviation), note)
  }

  /// The only value; nil of a distribution.
  public var constant: Int? {
    if case .constant(let number) = form { return number }
    return nil
  }

  /// No draw is above this.
  package var largest: Int {
    switch form {
    case .constant(let number): number
    case .uniform(let range): range.upperBound
    case .histogram(let values, _): max(least, values.max() ?? least)
    case .lognormal, .gamma: Self.limit
    }
  }

  /// The next length.
  package func draw(_ draws: inout Draws) -> Int {
    let value: Double
    switch form {
    case .constant(let number): return number
    case .uniform(let range):
      let width = Double(range.upperBound - range.lowerBound + 1)
      return range.lowerBound + Int(draws.uniform() * width)
    case .histogram(let values, let shares):
      let share = draws.uniform()
      var (low, high) = (0, shares.count - 1)
      while low < high {
        let middle = (low + high) / 2
        if share < shares[middle] { high = middle } else { low = middle + 1 }
      }
      return max(least, values[low])
    case .lognormal(let mean, let deviation): value = exp(mean + deviation * draws.normal())
    case .gamma(let shape, let scale): value = draws.gamma(shape: shape) * scale
    }
    return Int(min(Double(Self.limit), max(Double(least), value.rounded())))
  }

  /// The mean of what is drawn, but for rounding and limits.
  public var mean: Double {
    switch form {
    case .constant(let number): Double(number)
    case .uniform(let range): Double(range.lowerBound + range.upperBound) / 2
    case .lognormal(let mean, let deviation): exp(mean + deviation * deviation / 2)
    case .gamma(let shape, let scale): shape * scale
    case .histogram(let values, let shares):
      zip(values, zip(shares, [0] + shares)).reduce(0) { $0 + Double($1.0) * ($1.1.0 - $1.1.1) }
    }
  }
}
