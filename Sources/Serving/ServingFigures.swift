internal import Quantities

/// What users feel, and what it costs: figures of a simulation, warm-up left out.
public struct ServingFigures: Sendable, Hashable {
  /// Mean and percentiles of times, in seconds; NaN where no request has one.
  public struct Times: Sendable, Hashable {
    public let mean, p50, p90, p95, p99: Double

    /// Sums up times in any order.
    init(_ times: [Double]) {
      let sorted = times.sorted()
      mean = sorted.reduce(0, +) / Double(sorted.count)
      p50 = sorted.quantile(0.5) ?? .nan
      p90 = sorted.quantile(0.9) ?? .nan
      p95 = sorted.quantile(0.95) ?? .nan
      p99 = sorted.quantile(0.99) ?? .nan
    }
  }

  /// What a request should keep to.
  public struct Targets: Sendable, Hashable {
    /// Seconds to the first token, and for each other; nil for any.
    public var ttft, tpot: Double?

    /// Targets, or none.
    public init(ttft: Double? = nil, tpot: Double? = nil) { (self.ttft, self.tpot) = (ttft, tpot) }
  }

  /// Seconds to the first token, of each other token, and to the last.
  public let ttft, tpot, endToEnd: Times
  /// Requests that the figures are of.
  public let requests: Int
  /// Requests within the targets.
  public let good: Int
  /// Tokens that were produced.
  public let outputTokens: Int
  /// From the first arrival to the last delivery.
  public let seconds: Double

  /// Output tokens a second.
  public var outputTokensPerSecond: Double { Double(outputTokens) / seconds }
  /// Requests a second.
  public var requestsPerSecond: Double { Double(requests) / seconds }
  /// Requests within the targets a second.
  public var goodputPerSecond: Double { Double(good) / seconds }

  /// The figures of the requests that ended, but for the first `warmup` ones.
  public init(_ result: SimulationResult, warmup: Int = 0, targets: Targets = Targets()) {
    var (ttfts, tpots, ends): ([Double], [Double], [Double]) = ([], [], [])
    var (good, tokens) = (0, 0)
    var (first, last) = (Double.infinity, -Double.infinity)
    for number in result.arrivals.indices.dropFirst(warmup) where !result.lasts[number].isNaN {
      let ttft = result.timeToFirstToken(of: number)
      let tpot = result.timePerOutputToken(of: number)
      ttfts.append(ttft)
      ends.append(result.endToEnd(of: number))
      if let tpot { tpots.append(tpot) }
      tokens += Int(result.outputs[number])
      (first, last) = (min(first, result.arrivals[number]), max(last, result.lasts[number]))
      let isSoon = targets.ttft.map { ttft <= $0 } ?? true
      let isFast = targets.tpot.flatMap { target in tpot.map { $0 <= target } } ?? true
      if isSoon, isFast { good += 1 }
    }
    (ttft, tpot, endToEnd) = (Times(ttfts), Times(tpots), Times(ends))
    (requests, self.good, outputTokens, seconds) = (ends.count, good, tokens, last - first)
  }
}
