/// How late requests may be: a run in which more of them already are can end, since nothing that follows mends it.
package struct LatenessLimits: Sendable {
  /// What makes latencies of all requests too long.
  package enum Limit: Sendable, Hashable {
    /// More than `most` requests later than `above`, in seconds.
    case count(above: Double, most: Int)
    /// Latencies that add up to more than `most` seconds.
    case sum(most: Double)
  }

  /// Of the times to the first token, and of the times of each other; nil where any will do.
  package var ttft: Limit?, tpot: Limit?
  /// Requests that count nowhere: those of the warm-up.
  package var warmup = 0
  private var late = (ttft: 0, tpot: 0)
  private var sums = (ttft: 0.0, tpot: 0.0)
  /// Whether a limit is passed.
  private(set) var arePassed = false

  /// No limits.
  package init() {}

  /// Takes the time to the first token of a request.
  mutating func takeFirst(_ number: Int, seconds: Double) {
    guard number >= warmup, let ttft else { return }
    arePassed = Self.isPassed(ttft, by: seconds, &late.ttft, &sums.ttft) || arePassed
  }

  /// Takes the time between tokens of a request.
  mutating func takeNext(_ number: Int, seconds: Double) {
    guard number >= warmup, let tpot else { return }
    arePassed = Self.isPassed(tpot, by: seconds, &late.tpot, &sums.tpot) || arePassed
  }

  private static func isPassed(
    _ limit: Limit, by seconds: Double, _ late: inout Int, _ sum: inout Double
  ) -> Bool {
    switch limit {
    case .count(let above, let most):
      if seconds > above { late += 1 }
      return late > most
    case .sum(let most):
      sum += seconds
      return sum > most
    }
  }
}
