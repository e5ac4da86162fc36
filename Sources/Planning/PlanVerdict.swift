package import Documents

/// What became of a candidate in a number.
package struct PlanVerdict: Sendable {
  /// What it came to.
  package enum Outcome: Sendable {
    /// A rule says that it does not hold.
    case ruledOut(PlanRule)
    /// It was simulated to its end, and holds or not.
    case simulated(Deployment)
  }

  /// The candidate.
  package let candidate: PlanCandidate
  /// In which number.
  package let scale: Int
  /// What it came to.
  package let outcome: Outcome

  /// The verdict for machines.
  package var record: OutputRecord {
    var (outcome, rule): (String, String?)
    switch self.outcome {
    case .ruledOut(let by): (outcome, rule) = (by == .late ? "fails" : "ruled out", by.rawValue)
    case .simulated(let deployment): (outcome, rule) = (deployment.holds ? "holds" : "fails", nil)
    }
    var record = OutputRecord([:])
    record.fields =
      candidate.fields(scale) + OutputRecord(["outcome": .text(outcome), "rule": .text(rule)]).fields
    return record
  }
}
