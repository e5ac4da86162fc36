/// How far predicted times lie from measured ones.
public struct ErrorSummary: Sendable, Hashable {
  /// How many there are.
  public let count: Int
  /// The median of the absolute errors, as shares of the measured times.
  public let median: Double
  /// The 90th percentile of the same.
  public let percentile90: Double
  /// The mean of the signed errors: above zero where predictions are too long.
  public let bias: Double

  /// The errors of the ratios predicted / measured; all zero of none.
  public init(ratios: [Double]) {
    let errors = ratios.map { abs($0 - 1) }.sorted()
    count = ratios.count
    median = Self.quantile(errors, 0.5)
    percentile90 = Self.quantile(errors, 0.9)
    bias = ratios.isEmpty ? 0 : ratios.reduce(0) { $0 + ($1 - 1) } / Double(ratios.count)
  }

  /// A quantile of sorted values, between two of them in proportion.
  public static func quantile(_ sorted: [Double], _ share: Double) -> Double {
    guard let last = sorted.indices.last else { return 0 }
    let place = share * Double(last)
    let low = Int(place)
    let high = min(low + 1, last)
    return sorted[low] + (place - Double(low)) * (sorted[high] - sorted[low])
  }
}
