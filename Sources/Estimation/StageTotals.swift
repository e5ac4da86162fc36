internal import Architectures
package import Operators
package import Quantities

/// The sums over every occurrence of every operator of some stages.
package struct StageTotals: Sendable {
  package let flops, executed, vectorFLOPs: FLOPs
  package let traffic: Traffic
  package let seconds, expected: Seconds
  package let sent: Bytes

  /// The sums of some stages.
  package init(_ stages: [StageEstimate]) {
    flops = stages.map(\.flops).sum()
    executed = stages.map(\.price.executedFLOPs).sum()
    vectorFLOPs = stages.map(\.vectorFLOPs).sum()
    traffic = stages.reduce(.zero) { $0 + $1.traffic }
    sent = stages.map(\.price.sent).sum()
    seconds = stages.map(\.seconds).sum()
    expected = stages.map(\.expectedSeconds).sum()
  }

  /// Operations of all kinds for each byte.
  package var intensity: Intensity { (flops + vectorFLOPs) / traffic.total }

  /// The share that all occurrences of an operator have in the ideal time.
  package func idealShare(of entry: OperatorEstimate) -> Double { entry.idealOfAll / seconds }

  /// The share that all occurrences of an operator have in the expected time; 0 of none.
  package func expectedShare(of entry: OperatorEstimate) -> Double {
    expected > .zero ? entry.expectedOfAll / expected : 0
  }
}

extension OperatorEstimate {
  /// The ideal time of all occurrences.
  package var idealOfAll: Seconds { time.longest * repeatCount }

  /// The expected time of all occurrences.
  package var expectedOfAll: Seconds { expected * repeatCount }

  /// The share of the expected time of some operators, all occurrences of each.
  package func share(of operators: [OperatorEstimate]) -> Double {
    expectedOfAll.value / operators.reduce(0) { $0 + $1.expectedOfAll.value }
  }

  /// What the expected time of all occurrences has beyond the ideal one.
  package var lostOfAll: Seconds { Seconds(max(0, expectedOfAll.value - idealOfAll.value)) }
}
