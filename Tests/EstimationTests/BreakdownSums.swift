import Architectures
import Catalog
import Estimation
import Hardware
import Operators
import Quantities
import Testing

/// What a pass costs by its breakdown alone: every operator's own cost, at the device's public peaks and bandwidths.
struct BreakdownSums {
  var flops = 0.0
  var executed = 0.0
  var vector = 0.0
  var traffic = Traffic.zero
  var sent = 0.0
  var seconds = 0.0
  var byBound: [Price.Bound: Double] = [:]
  var expected = 0.0

  init(_ stage: StageEstimate, at precision: Precision, on hardware: Accelerator) {
    for entry in stage.operators {
      let operation = entry.operation
      let cost = operation.cost(at: precision)
      let count = Double(operation.repeatCount)
      let units = operation.arithmetic.units(at: precision)
      let peak = hardware.peak(of: units.matrix)
      let perSecond = max(peak.throughput.value, peak.isMatrix ? hardware.peakOfHalfSums(in: peak.format) ?? 0 : 0)
      var times: [Price.Bound: Double] = [
        .compute: cost.executedFLOPs.value / perSecond,
        .vector: entry.operation.executedVectorFLOPs.value / hardware.peak(of: units.vector).throughput.value,
        .memory: cost.traffic.total.value / hardware.bandwidth.value.value,
        // The figure is of both directions together.
        .link: hardware.interconnect.map { cost.sent.value / ($0.value.value / 2) } ?? 0,
      ]
      if operation.arithmetic == .headline {
        // One peak for everything.
        times[.compute, default: 0] += times[.vector] ?? 0
        times[.vector] = 0
      }
      let longest = times.values.max() ?? 0
      seconds += longest * count
      if let bound = Price.Bound.allCases.first(where: { times[$0] == longest }) {
        byBound[bound, default: 0] += longest * count
      }
      flops += cost.flops.value * count
      executed += cost.executedFLOPs.value * count
      vector += cost.vectorFLOPs.value * count
      traffic = traffic + cost.traffic * count
      sent += cost.sent.value * count
      expected += entry.expected.value * count
    }
  }
}

extension PriceList {
  /// Holds the price of a pass to the sums over its breakdown: 1e-12, the rounding of sums of some hundred terms. What
  /// the list remembers of the passes before must not matter, down to the last bit.
  mutating func expectEqualReadings(
    _ pass: Pass, at precision: Precision, on hardware: Accelerator, fresh: PriceList,
    _ comment: @autoclosure () -> Comment,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let price = try self.price(pass, expecting: true)
    var fresh = fresh
    #expect(try fresh.price(pass, expecting: true) == price, comment(), sourceLocation: sourceLocation)
    #expect(try self.price(pass, expecting: true) == price, comment(), sourceLocation: sourceLocation)
    let ideal = try self.price(pass)
    #expect(ideal.expectedSeconds == nil && ideal.seconds == price.seconds, comment(), sourceLocation: sourceLocation)

    let sums = BreakdownSums(try breakdown(pass), at: precision, on: hardware)
    func equal(_ a: Double, _ b: Double) {
      #expect(abs(a - b) <= 1e-12 * max(abs(a), abs(b)), comment(), sourceLocation: sourceLocation)
    }
    equal(price.flops.value, sums.flops)
    equal(price.executedFLOPs.value, sums.executed)
    equal(price.vectorFLOPs.value, sums.vector)
    equal(price.traffic.weights.value, sums.traffic.weights.value)
    equal(price.traffic.activationsRead.value, sums.traffic.activationsRead.value)
    equal(price.traffic.activationsWritten.value, sums.traffic.activationsWritten.value)
    equal(price.traffic.cacheRead.value, sums.traffic.cacheRead.value)
    equal(price.traffic.cacheWritten.value, sums.traffic.cacheWritten.value)
    equal(price.sent.value, sums.sent)
    equal(price.seconds.value, sums.seconds)
    for bound in Price.Bound.allCases { equal(price.secondsByBound[bound].value, sums.byBound[bound] ?? 0) }
    equal(price.expectedSeconds?.value ?? .nan, sums.expected)
  }
}
