internal import Quantities
package import Questions
package import Serving

/// What a plan's fleets keep to: a figure of one kind of latency.
package struct PlanTarget: Sendable, Hashable {
  /// A kind of latency.
  package enum Latency: String, Sendable, Hashable, CaseIterable {
    case ttft = "TTFT", tpot = "TPOT"
  }

  /// Which latency.
  package let latency: Latency
  /// The figure of it.
  package let statistic: LatencyTarget.Statistic
  /// The most that the figure may be, in seconds.
  package let seconds: Double

  /// A target as it was asked; 95 of 100 requests keep to one of which no figure is named.
  init(_ latency: Latency, _ target: LatencyTarget) {
    (self.latency, statistic, seconds) = (latency, target.statistic ?? .p95, target.seconds)
  }

  /// The targets of a question.
  static func all(_ load: Question.Load) -> [PlanTarget] {
    [(Latency.ttft, load.ttft), (.tpot, load.tpot)].compactMap { latency, target in
      target.map { PlanTarget(latency, $0) }
    }
  }

  /// The target in words: `p95 TTFT within 500 ms`.
  package var text: String { "\(statistic.rawValue) \(latency.rawValue) within \(Seconds(seconds))" }

  /// The figure of a run.
  package func value(of figures: ServingFigures) -> Double {
    statistic.value(of: latency == .ttft ? figures.ttft : figures.tpot)
  }

  /// The figure of latencies in rising order; nil of none.
  func value(of sorted: [Double]) -> Double? {
    guard let share = statistic.share else {
      return sorted.isEmpty ? nil : sorted.reduce(0, +) / Double(sorted.count)
    }
    return sorted.quantile(share)
  }

  /// How many of so many requests may be late: of the others one is at the place that the percentile is read from, or at the
  /// place below it. Nil for a mean.
  func allowance(of count: Int) -> Int? {
    guard let share = statistic.share, count > 0 else { return nil }
    return count - Int(share * Double(count - 1)) - 1
  }

  /// When a run over so many requests can be ended.
  func limit(of count: Int) -> LatenessLimits.Limit {
    guard let allowance = allowance(of: count) else {
      // Sums are rounded in another order than the mean's.
      return .sum(most: seconds * Double(count) * (1 + 1e-9))
    }
    return .count(above: seconds, most: allowance)
  }
}
