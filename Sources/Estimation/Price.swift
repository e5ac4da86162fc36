public import Operators
public import Quantities

/// What a pass, or any list of operators, costs on a device: sums over its operators.
public struct Price: Sendable, Hashable {
  /// FLOPs of matrix products as papers and torch count them, what a mask hides included.
  public var flops = FLOPs.zero
  /// FLOPs of matrix products that must be executed.
  public var executedFLOPs = FLOPs.zero
  /// All other FLOPs, what a mask hides included.
  public var vectorFLOPs = FLOPs.zero
  /// Bytes moved.
  public var traffic = Traffic.zero
  /// Bytes that must cross the link to other devices.
  public var sent = Bytes.zero
  /// The ideal time of all operators that each resource bounds.
  public var secondsByBound = Price.ResourceSeconds(.zero)
  /// The expected time; nil where it was not asked for.
  public var expectedSeconds: Seconds?
  /// What of the expected time the device waits for the host.
  public var hostSeconds = Seconds.zero

  /// The ideal time: one operator after the other.
  public var seconds: Seconds { secondsByBound.sum }
  /// All FLOPs per byte moved.
  public var intensity: Intensity { (flops + vectorFLOPs) / traffic.total }
  /// The resource that bounds most of the time.
  public var bound: Price.Bound { secondsByBound.bound }

  /// The price of both, one after the other; the expected time only where both have one.
  public static func + (a: Price, b: Price) -> Price {
    var sum = a
    sum.flops = a.flops + b.flops
    sum.executedFLOPs = a.executedFLOPs + b.executedFLOPs
    sum.vectorFLOPs = a.vectorFLOPs + b.vectorFLOPs
    sum.traffic = a.traffic + b.traffic
    sum.sent = a.sent + b.sent
    sum.secondsByBound.values = a.secondsByBound.values + b.secondsByBound.values
    sum.hostSeconds = a.hostSeconds + b.hostSeconds
    sum.expectedSeconds = a.expectedSeconds.flatMap { one in b.expectedSeconds.map { one + $0 } }
    return sum
  }

  /// Adds the work of so many occurrences of an operator, but no time.
  ///
  /// - Returns: the bytes that one of them moves.
  @inline(__always)
  mutating func add(_ operation: borrowing Operator, _ rates: borrowing Rates, occurrences count: Double) -> Double {
    let traffic = Traffic(operation.moves, rates.widths)
    flops.value += operation.flops.value * count
    executedFLOPs.value += operation.executedFLOPs.value * count
    vectorFLOPs.value += operation.vectorFLOPs.value * count
    self.traffic = self.traffic + traffic * count
    sent.value += rates.sentBytes(operation) * count
    return traffic.total.value
  }

  /// Adds the ideal time of so many occurrences to the resource that bounds them.
  @inline(__always)
  mutating func add(_ seconds: SIMD4<Double>, occurrences count: Double) {
    // Of constant places, as a place that is computed takes the sums through memory.
    switch seconds.firstOfLargest {
    case 0: secondsByBound.values[0] += seconds[0] * count
    case 1: secondsByBound.values[1] += seconds[1] * count
    case 2: secondsByBound.values[2] += seconds[2] * count
    default: secondsByBound.values[3] += seconds[3] * count
    }
  }
}
