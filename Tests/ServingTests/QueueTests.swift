import Engines
import Testing
import Traffic

@testable import Serving

@Suite("Known queues")
struct QueueTests {
  /// Poisson arrivals and a constant service D: the mean time until the end is D + load D / (2 (1 - load)) (Pollaczek and
  /// Khinchine). With 100,000 requests the mean of four seeds lies within 2 % at these loads; `make check-queue` takes a
  /// million and sixteen.
  @Test("one at a time of equal service are M/D/1", arguments: [0.3, 0.6])
  func oneAtATime(_ load: Double) throws {
    var sum = 0.0
    for seed in 0..<UInt64(4) {
      let traffic = RequestTraffic(
        .rate(load, .poisson), count: 25_000, text: LengthDistribution(10), output: LengthDistribution(1), seed: seed)
      var simulation = try Simulation(.one(sequences: 1), traffic, price: LinearPassPrice.each(1))
      sum += ServingFigures(try simulation.run()).ttft.mean
    }
    #expect(abs(sum / 4 / (1 + load / (2 * (1 - load))) - 1) < 0.02)
  }

  @Test("a run can be stopped while very many clients send at once")
  func stops() throws {
    let traffic = RequestTraffic(
      .clients(1_000_000), count: 1_000_000, text: LengthDistribution(10), output: LengthDistribution(1))
    var simulation = try Simulation(.one(sequences: 1), traffic, price: LinearPassPrice.each(1))
    let result = try simulation.run(.init(isStopped: { _, _ in true }))
    // Who stops it is asked at the 1024th event at the latest, and all that happens until then are sends.
    #expect(result.isInterrupted && result.arrivals.count <= 1024 && result.ended == 0)
  }

  @Test("more load never shortens the waits, more replicas never lengthen them")
  func monotone() throws {
    func tail(_ rate: Double, replicas: Int) throws -> Double {
      var sum = 0.0
      for seed in 0..<UInt64(8) {
        let traffic = RequestTraffic(
          .rate(rate, .poisson), count: 300, text: LengthDistribution(200), output: LengthDistribution(20), seed: seed)
        var simulation = try Simulation(.one { $0.replicas = replicas }, traffic, price: LinearPassPrice.mixed)
        sum += ServingFigures(try simulation.run()).ttft.p95
      }
      return sum
    }
    let byRate = try [5.0, 20, 60, 120, 300].map { try tail($0, replicas: 1) }
    #expect(byRate == byRate.sorted())
    let byReplicas = try [1, 2, 4, 8].map { try tail(300, replicas: $0) }
    #expect(byReplicas == byReplicas.sorted(by: >))
  }
}
