import Engines
import Documents
import Testing
import Traffic

@testable import Serving

@Suite("A scenario's file")
struct ScenarioTests {
  private func scenario(_ text: String) throws -> Scenario { try Scenario(parsing: Array(text.utf8), file: "s.json") }

  @Test("says everything that the scheduler leaves open")
  func read() throws {
    let scenario = try scenario(
      """
      {"budget": 64, "seqs": 3, "block": 8, "blocks": 20, "chunked": false, "policy": "prefill-first", "admit": "all",
       "prefix": false, "h0": 0.5, "h1": 0.25, "hr": 2, "seed": 9, "concurrency": null, "in_flight": 4,
       "price": {"pass": 1, "token": 2, "context": 3, "pair": 4, "logit": 5}, "tower": "own",
       "speculate": {"tokens": 2, "acceptance": 0.5, "price": {"pass": 6}},
       "apart": {"prefill": 2, "decode": 3, "latency": 7, "per_token": 8},
       "requests": [{"arrival": 2, "prompt": 5, "output": 6}, {"arrival": 1, "prompt": 3, "output": 4, "group": 1, "shared": 2, "tower": 0.5}]}
      """)
    let settings = scenario.fleet.scheduler
    #expect((settings.budget, settings.sequences, settings.blockTokens, settings.blocks) == (64, 3, 8, 20))
    #expect(!settings.isChunked && !settings.sharesPrefixes)
    #expect((settings.policy, settings.admission) == (.prefillFirst, .all))
    #expect((settings.passSeconds, settings.sequenceSeconds, settings.requestSeconds) == (0.5, 0.25, 2))
    #expect(scenario.fleet.speculation == .init(tokens: 2, acceptance: 0.5))
    #expect(scenario.fleet.apart == .init(prefill: 2, decode: 3, latency: 7, secondsPerToken: 8))
    #expect(scenario.fleet.tower == .own && scenario.fleet.seed == 9)
    #expect((scenario.price.pair, scenario.draftPrice?.pass) == (4, 6))
    var traffic = scenario.traffic
    // In the order of their arrivals.
    #expect(traffic.nextRequest()?.prompt == 3)
    #expect(traffic.nextRequest()?.output == 6)
    #expect(traffic.nextRequest() == nil)
    #expect(traffic.inFlight == 4)
  }

  @Test(
    "is refused where it makes no sense, with the place",
    arguments: [
      ("{\"requests\": []}", "s.json:1:14: error: expected requests, found none"),
      ("{\"request\": []}", "unknown key \"request\" in the scenario; did you mean \"requests\"?"),
      ("{\"requests\": [{\"prompt\": 0, \"output\": 1}]}", "expected \"prompt\" to be a whole number from 1"),
      ("{\"requests\": [{\"prompt\": 5, \"output\": 1, \"arrival\": -1}]}", "s.json:1:53: error: expected \"arrival\""),
      (
        "{\"requests\": [{\"prompt\": 5, \"output\": 1, \"shared\": 6}]}",
        "expected \"shared\" to be a whole number from 0 to 5"
      ),
      ("{\"policy\": \"fifo\", \"requests\": [{\"prompt\": 5, \"output\": 1}]}", "one of mixed, prefill-first"),
      ("{\"concurrency\": 2, \"in_flight\": 2, \"requests\": [{\"prompt\": 5, \"output\": 1}]}", "exclude each other"),
    ])
  func refused(_ text: String, _ message: String) {
    let error = #expect(throws: Diagnostic.self) { try scenario(text) }
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
  }

  @Test("means over time leave out what was refused, before the first request that counts and after the last")
  func means() throws {
    // Two blocks of 16 hold 20 + 3 tokens and not 100: of three requests the second alone runs, from 1 on in three passes of
    // 0.0625 s, one request at any time of these.
    let scenario = try scenario(
      """
      {"price": {"pass": 0.0625}, "blocks": 2, "requests": [{"arrival": 0, "prompt": 100, "output": 2},
       {"arrival": 1, "prompt": 20, "output": 3}, {"arrival": 3, "prompt": 100, "output": 3}]}
      """)
    var simulation = try Simulation(scenario.fleet, scenario.traffic, price: scenario.price)
    let result = try simulation.run()
    #expect((result.refused, result.ended, result.seconds) == (2, 1, 0.1875))
    #expect((result.meanWaiting, result.meanRunning, result.busyShare) == (0, 1, 1))
  }

  @Test("what a file leaves out: no seed, nothing shared, no tower")
  func defaults() throws {
    let scenario = try scenario(#"{"requests": [{"prompt": 40, "output": 1, "group": 3}]}"#)
    #expect(scenario.fleet.seed == 0 && scenario.draftPrice == nil && scenario.fleet.speculation == nil)
    var traffic = scenario.traffic
    let next = traffic.nextRequest()
    let request = try #require(next)
    #expect((request.arrival, request.group, request.shared, request.tower) == (0, 3, 0, 0))
  }

  @Test("the share of the pool that is held, and no share where nothing ran")
  func shares() throws {
    // 20 + 3 tokens take 2 of 4 blocks of 16 in each of three passes.
    func result(prompt: Int) throws -> SimulationResult {
      let scenario = try scenario(
        #"{"price": {"pass": 0.125}, "blocks": 4, "requests": [{"prompt": \#(prompt), "output": 3}]}"#)
      var simulation = try Simulation(scenario.fleet, scenario.traffic, price: scenario.price)
      return try simulation.run()
    }
    #expect(try result(prompt: 20).usedShare == 0.5)
    let refused = try result(prompt: 100)
    #expect((refused.usedShare, refused.busyShare, refused.meanWaiting, refused.meanRunning) == (0, 0, 0, 0))
  }

  @Test("figures of five requests, one after the other")
  func figures() throws {
    // Passes of 1 s, one request each: first tokens after 1, 2, 3, 4 and 5 s.
    let request = #"{"prompt": 1, "output": 1}"#
    let scenario = try scenario(
      #"{"seqs": 1, "price": {"pass": 1}, "requests": [\#([String](repeating: request, count: 5).joined(separator: ", "))]}"#
    )
    var simulation = try Simulation(scenario.fleet, scenario.traffic, price: scenario.price)
    let result = try simulation.run()
    let all = ServingFigures(result, targets: .init(ttft: 3.5))
    #expect((all.requests, all.good, all.seconds, all.goodputPerSecond) == (5, 3, 5, 0.6))
    #expect((all.ttft.mean, all.ttft.p50) == (3, 3))
    // Places 3.6, 3.8 and 3.96 of five, counted from 0.
    for (found, expected) in [(all.ttft.p90, 4.6), (all.ttft.p95, 4.8), (all.ttft.p99, 4.96)] {
      #expect(abs(found - expected) < 1e-12)
    }
    let rest = ServingFigures(result, warmup: 1)
    #expect((rest.requests, rest.ttft.mean, rest.requestsPerSecond) == (4, 3.5, 0.8))
  }

  @Test("a policy that would starve decodes for ever is refused")
  func starving() throws {
    let fleet = FleetSettings.one { ($0.scheduler.policy, $0.scheduler.admission) = (.prefillFirst, .chunk) }
    #expect(throws: Diagnostic.self) { try PricedRun([], fleet) }
  }
}
