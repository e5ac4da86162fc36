import Documents
import Serving

extension FuzzTarget {
  /// Scenarios of the scheduler, which runs them until they end or have taken very many passes.
  static let scheduler = FuzzTarget(
    "scheduler", longest: 2048,
    words: [
      "budget", "seqs", "block", "blocks", "chunked", "policy", "admit", "prefix", "h0", "h1", "hr", "seed", "price",
      "concurrency", "in_flight", "replicas", "routing", "tower", "speculate", "apart", "requests", "pass", "token",
      "context", "pair", "logit", "tokens", "acceptance", "prefill", "decode", "latency", "per_token", "arrival",
      "prompt", "output", "group", "shared", "hashes", "mixed", "prefill-first", "all", "own", "loop", "round-robin",
      "least-loaded",
    ].map { "\"\($0)\"" }
  ) { (bytes) throws(Diagnostic) in
    let scenario = try Scenario(parsing: bytes, file: "scenario.json")
    // Fleets of thousands and many requests take time and are the same, only more of it.
    guard scenario.fleet.engines <= 64 else { return }
    var simulation = try Simulation(
      scenario.fleet, scenario.traffic, price: scenario.price, draftPrice: scenario.draftPrice)
    let steps = Locked(0)
    let result = try simulation.run(
      .init(isStopped: { _, _ in
        steps.withLock { steps in
          steps += 1
          return steps > 4
        }
      }))
    let done = result.ended + result.refused
    precondition(result.isInterrupted ? done <= result.requests : done == result.requests)
    precondition(result.seconds >= 0 && result.waitingSeconds >= 0 && result.insideSeconds >= 0)
  }
}
