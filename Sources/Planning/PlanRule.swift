/// Why a fleet is not simulated, or not to its end.
///
/// None of these rules out a fleet that would hold; each says why.
package enum PlanRule: String, Sendable, Hashable, CaseIterable {
  case impossible, pool, firstToken = "first-token", eachToken = "each-token", work, late

  /// What it rules out, in a few words.
  package var title: String {
    switch self {
    case .impossible: "cannot run at all"
    case .pool: "cannot hold the longest request"
    case .firstToken: "too slow for the first token, alone"
    case .eachToken: "too slow for each token, alone"
    case .work: "too few for the work"
    case .late: "simulated, too late"
    }
  }

  /// Why it rules out nothing that holds.
  package var proof: String {
    switch self {
    case .impossible:
      "It throws the error that the simulation would: no room for a key-value cache, no link between devices, layers that "
        + "cannot be divided."
    case .pool:
      "A request whose prompt and answer exceed the key-value pool of an engine is refused whatever else runs, and a fleet "
        + "that refuses a request does not hold."
    case .firstToken:
      "A request's first token waits at least for its tower, for a pass with all that is left of its prompt, and for the "
        + "host; a pass takes no less time for what else is in it. So no latency is below that of the request alone, and no "
        + "mean or percentile below that of these times. \(RequestFloors.marginText)"
    case .eachToken:
      "Every further token takes a pass over the prompt's cache at least, or a share of one where tokens are speculated; a "
        + "pass takes no less time for what else is in it. \(RequestFloors.marginText)"
    case .work:
      "Whatever arrives in a stretch of time and is on time has been computed before the stretch ends and the target has "
        + "passed. Passes of an engine do not overlap, and none is faster than its multiplications at the device's highest "
        + "peak, its towers and its host's time for each sequence. The largest requests, as many as may be late, are not "
        + "counted."
    case .late:
      "The simulation ended when more requests were late than the target allows, or their sum was too large; nothing that "
        + "follows makes them sooner."
    }
  }
}
