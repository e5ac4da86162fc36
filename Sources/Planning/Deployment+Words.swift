internal import Serving
internal import Questions
internal import Architectures
internal import Estimation
internal import Hardware
internal import Operators
internal import Quantities

extension Deployment {
  /// What is rented, in words: `3 x a100-80gb, fp16, prumerge`.
  public var name: String { Self.name(candidate, scale) }

  /// A candidate in a number, in words.
  static func name(_ candidate: PlanCandidate, _ scale: Int) -> String {
    let engines = scale * (candidate.split.parts.map { $0.prefill + $0.decode } ?? 1)
    let spread = candidate.spread.map { ", \(engines) engine\(engines == 1 ? "" : "s") of \($0)" } ?? ""
    let split =
      candidate.split.parts.map { ", \($0.prefill * scale) that fill and \($0.decode * scale) that decode" } ?? ""
    let devices = candidate.devices * scale
    let head = "\(devices) x \(candidate.estimate.hardware.name)\(spread)\(split)"
    return ([head] + candidate.traitWords).joined(separator: ", ")
  }

  /// The targets that it misses and the requests that it refuses, in words; empty where it holds.
  var missedText: String {
    let late = results.filter { !$0.isKept }.map(\.text)
    return (late + (refused > 0 ? ["\(refused) request\(refused == 1 ? "" : "s") refused"] : []))
      .joined(separator: ", ")
  }

  /// What it costs in an hour, in words; nothing without a price.
  var costText: String? { costPerHour.map { "\($0.money) an hour" } }
}

extension PlanCandidate {
  /// What drops visual tokens, in words.
  var inputText: String { isUnreduced ? "no reducer" : input }
}

extension Double {
  /// An amount of money with two decimals.
  var money: String { fixed(2) }
}

extension Double {
  /// A rate of requests with three significant digits, and no fewer than its whole ones.
  package var rateText: String {
    var (decimals, size) = (self >= 100 ? 0 : self >= 10 ? 1 : 2, self)
    while size > 0, size < 1, decimals < 12 {
      size *= 10
      decimals += 1
    }
    return fixed(decimals)
  }
}

extension Deployment.TargetResult {
  /// The figure in words, and how it stands to the target: `p95 TTFT 812 ms for 500 ms (1.62 x)`.
  public var text: String {
    let value = seconds.map { "\(Seconds($0))" } ?? "none"
    let what = "\(target.statistic.rawValue) \(target.latency.rawValue) \(value)"
    return isKept ? what : "\(what) for \(Seconds(target.seconds)) (\(share.fixed(2)) x)"
  }
}
