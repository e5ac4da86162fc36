import Testing
import Traffic

@testable import Serving

@Suite("Runs that end when too many requests are late")
struct LatenessTests {
  private func watch(_ limits: LatenessLimits) -> Simulation.Watch {
    var watch = Simulation.Watch()
    watch.limits = limits
    return watch
  }

  /// Passes of a second, one request in each (one sequence a pass, one token a request): of requests that come at once,
  /// request i has its token after i + 1 seconds.
  private func result(_ limits: LatenessLimits) throws -> SimulationResult {
    let requests = (0..<10).map { _ in ServedRequest(prompt: 10, output: 1) }
    var simulation = try Simulation(.one(sequences: 1), RequestTraffic(requests), price: LinearPassPrice.each(1))
    return try simulation.run(watch(limits))
  }

  @Test("They end with the request after those that may be late")
  func count() throws {
    var limits = LatenessLimits()
    // Later than 4.5 s are those of 5, 6, 7, ... seconds: the third of them is one too many.
    limits.ttft = .count(above: 4.5, most: 2)
    let result = try result(limits)
    #expect(result.isTooLate && result.ended == 7)
    limits.ttft = .count(above: 4.5, most: 6)
    #expect(try !self.result(limits).isTooLate)
  }

  @Test("They end when the sum is too large; the warm-up does not count")
  func sum() throws {
    var limits = LatenessLimits()
    // 1 + 2 + 3 + 4 = 10 is not above 10, and the fifth makes 15.
    limits.ttft = .sum(most: 10)
    #expect(try result(limits).ended == 5)
    limits.warmup = 4
    // 5 + 6 = 11.
    #expect(try result(limits).ended == 6)
  }

  @Test("Times between tokens count at the end of a request")
  func next() throws {
    let requests = (0..<4).map { ServedRequest(arrival: Double($0) * 100, prompt: 10, output: 5) }
    var limits = LatenessLimits()
    limits.tpot = .count(above: 0.9, most: 1)
    var simulation = try Simulation(.one(), RequestTraffic(requests), price: LinearPassPrice.each(1))
    let result = try simulation.run(watch(limits))
    #expect(result.isTooLate && result.ended == 2)
  }
}
