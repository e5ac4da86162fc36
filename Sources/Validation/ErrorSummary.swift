internal import Quantities

/// How far predicted times lie from measured ones.
package struct ErrorSummary: Sendable, Hashable {
  /// How many there are.
  package let count: Int
  /// The median of the absolute errors, as shares of the measured times.
  package let median: Double
  /// The 90th percentile of the same.
  package let percentile90: Double
  /// The mean of the signed errors: above zero where predictions are too long.
  package let bias: Double

  /// The errors of the ratios predicted / measured; all zero of none.
  package init(ratios: [Double]) {
    let errors = ratios.map { abs($0 - 1) }.sorted()
    count = ratios.count
    median = errors.quantile(0.5) ?? 0
    percentile90 = errors.quantile(0.9) ?? 0
    bias = ratios.isEmpty ? 0 : ratios.reduce(0) { $0 + ($1 - 1) } / Double(ratios.count)
  }
}
