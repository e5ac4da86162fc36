internal import Engines
internal import Documents
internal import Traffic

extension FleetSettings {
  /// Refuses what makes no sense, for requests that `hashes` describe or do not.
  ///
  /// - Throws: `Diagnostic` that says what to write.
  func check(hashes: Bool) throws(Diagnostic) {
    let scheduler = scheduler
    let counts: [(Int, String, ClosedRange<Int>)] = [
      (scheduler.budget, "tokens of a pass", 1...100_000_000),
      (scheduler.sequences, "running sequences", 1...65_536),
      (scheduler.blockTokens, "tokens of a block", 1...65_536),
      (scheduler.blocks, "blocks of the key-value pool", 1...200_000_000),
      (apart == nil ? replicas : apart?.prefill ?? 0, "engines", 1...4096), (apart?.decode ?? 1, "engines", 1...4096),
      (speculation?.tokens ?? 1, "speculated tokens", 1...64),
    ]
    for (count, what, range) in counts where !range.contains(count) {
      throw Diagnostic("expected \(range.lowerBound) to \(range.upperBound) \(what), found \(count)")
    }
    let times = [
      scheduler.passSeconds, scheduler.sequenceSeconds, scheduler.requestSeconds, apart?.latency ?? 0,
      apart?.secondsPerToken ?? 0,
    ]
    for time in times where !(0...1e6).contains(time) {
      throw Diagnostic("expected host and link times from 0 to a million seconds, found \(time)")
    }
    if let acceptance = speculation?.acceptance, !(0...1).contains(acceptance) {
      throw Diagnostic("expected an acceptance of drafts from 0 to 1, found \(acceptance)")
    }
    guard !scheduler.sharesPrefixes || ServedRequest.hashTokens % scheduler.blockTokens == 0 || !hashes else {
      throw Diagnostic(
        "the hashes of the requests stand for \(ServedRequest.hashTokens) tokens, which blocks of "
          + "\(scheduler.blockTokens) do not divide; take others, or prefix caching off")
    }
    guard scheduler.policy == .mixed || scheduler.admission != .chunk else {
      throw Diagnostic(
        "with the policy prefill-first admission must look at the prompt or at all, not at the next chunk: a prompt that "
          + "does not fit would be admitted and preempted for ever")
    }
  }
}
