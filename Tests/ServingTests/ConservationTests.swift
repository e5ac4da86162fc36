import Engines
import Testing
import Traffic

@testable import Serving

@Suite("Every run")
struct ConservationTests {
  /// Fleets under loads that fill their pools.
  static let fleets: [(String, FleetSettings)] = [
    ("plain", .one(blocks: 60, budget: 300)),
    ("prefixes", .one(blocks: 60, budget: 300, prefix: true)),
    ("chunks alone must fit", .one(blocks: 50, budget: 100, prefix: true) { $0.scheduler.admission = .chunk }),
    ("all must fit", .one(blocks: 60) { $0.scheduler.admission = .all }),
    ("prompts first", .one(blocks: 60, budget: 300) { $0.scheduler.policy = .prefillFirst }),
    ("whole prompts", .one(blocks: 60, budget: 100) { $0.scheduler.isChunked = false }),
    ("replicas", .one(blocks: 60, prefix: true) { ($0.replicas, $0.routing) = (3, .leastLoaded) }),
    ("drafts", .one(blocks: 60, prefix: true) { $0.speculation = .init(tokens: 3, acceptance: 0.6) }),
    ("own tower", .one(blocks: 60) { $0.tower = .own }),
    (
      "apart",
      .one(blocks: 60, prefix: true) { $0.apart = .init(prefill: 2, decode: 1, latency: 0.01, secondsPerToken: 1e-4) }
    ),
    (
      "apart, prompts first",
      .one(blocks: 60) {
        $0.apart = .init(prefill: 1, decode: 2, latency: 0.01, secondsPerToken: 1e-3)
        $0.scheduler.policy = .prefillFirst
      }
    ),
  ]

  static let loads: [RequestTraffic.Arriving] = [
    .rate(20, .poisson), .rate(20, .bursts(size: 5), inFlight: 12), .clients(15),
  ]

  /// Little's law (queue plus running over time are the times inside) follows from no rule of the scheduler: both sides are
  /// summed apart.
  @Test("keeps Little's law, loses no request and serves none twice", arguments: fleets.indices, loads.indices)
  func conservation(_ fleet: Int, _ load: Int) throws {
    let pictures = RequestTraffic.Pictures(
      count: try LengthDistribution("uniform:min=0,max=2", "pictures"), tokens: LengthDistribution(20), seconds: 0.01)
    let traffic = RequestTraffic(
      Self.loads[load], count: 300, text: try LengthDistribution("lognormal:mean=120,p95=300", "text"),
      output: try LengthDistribution("exponential:mean=30", least: 1, "output"), pictures: pictures,
      shared: .init(tokens: 64, groups: 3), seed: 5)
    let run = try PricedRun(traffic, Self.fleets[fleet].1, .mixed, draft: .each(0.001))
    let result = run.result
    let little = result.waitingSeconds + result.runningSeconds
    #expect(abs(little / result.insideSeconds - 1) < 1e-9)
    #expect(result.ended + result.refused == 300)
    var delivered = [Int](repeating: 0, count: 300)
    var ended = [Int](repeating: 0, count: 300)
    for pass in run.passes {
      #expect(Set(pass.takes.map(\.number)).count == pass.takes.count)
      #expect(pass.free >= 0 && !pass.takes.isEmpty && pass.end > pass.start)
      for (number, tokens) in pass.delivered { delivered[number] += tokens }
      for number in pass.ended { ended[number] += 1 }
    }
    let refused = Set(result.refusals.map(\.number))
    for number in 0..<300 where !refused.contains(number) {
      #expect(delivered[number] == Int(result.outputs[number]))
      #expect(ended[number] == 1)
      #expect(result.arrivals[number] < result.firsts[number] && result.firsts[number] <= result.lasts[number])
    }
  }

  @Test("is the same for the same seed, and another for another")
  func seeds() throws {
    func lasts(_ seed: UInt64) throws -> [Double] {
      let traffic = RequestTraffic(
        .rate(20, .poisson), count: 50, text: LengthDistribution(100), output: LengthDistribution(5), seed: seed)
      return try PricedRun(traffic, .one(), .mixed).result.lasts
    }
    #expect(try lasts(1) == lasts(1))
    #expect(try lasts(1) != lasts(2))
  }

  @Test("stopped, tells of what ended until then")
  func stopped() throws {
    let traffic = RequestTraffic(
      .clients(4), count: 100_000, text: LengthDistribution(10), output: LengthDistribution(20))
    var simulation = try Simulation(.one(), traffic, price: LinearPassPrice.each(1))
    let result = try simulation.run(.init(isStopped: { done, _ in done > 50 }))
    #expect(result.isInterrupted)
    #expect(result.ended > 50 && result.ended < 1000)
    #expect(ServingFigures(result).requests == result.ended)
  }
}
