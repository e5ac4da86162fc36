internal import Quantities

/// Measured and predicted times of a kernel, or sums of them.
struct KernelTimes {
  var measured, ideal, cachedIdeal, expected: Seconds

  /// None of all.
  static let zero = KernelTimes(measured: .zero, ideal: .zero, cachedIdeal: .zero, expected: .zero)

  /// The means over rows of the same sizes; nil of none.
  init?(meanOf rows: [Measurement]) {
    guard !rows.isEmpty else { return nil }
    let share = 1 / Double(rows.count)
    measured = rows.map(\.measured).sum() * share
    ideal = rows.map(\.ideal).sum() * share
    cachedIdeal = rows.map(\.cachedIdeal).sum() * share
    expected = rows.map(\.expected).sum() * share
  }

  private init(measured: Seconds, ideal: Seconds, cachedIdeal: Seconds, expected: Seconds) {
    self.measured = measured
    self.ideal = ideal
    self.cachedIdeal = cachedIdeal
    self.expected = expected
  }

  static func + (left: KernelTimes, right: KernelTimes) -> KernelTimes {
    KernelTimes(
      measured: left.measured + right.measured, ideal: left.ideal + right.ideal,
      cachedIdeal: left.cachedIdeal + right.cachedIdeal, expected: left.expected + right.expected)
  }

  static func * (times: KernelTimes, count: Double) -> KernelTimes {
    KernelTimes(
      measured: times.measured * count, ideal: times.ideal * count, cachedIdeal: times.cachedIdeal * count,
      expected: times.expected * count)
  }
}
