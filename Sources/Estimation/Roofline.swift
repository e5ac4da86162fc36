public import Hardware
public import Operators
public import Quantities

/// The resource that an operator keeps busy longest.
public enum Bound: String, Sendable, Hashable, CaseIterable {
  /// The matrix units.
  case compute
  /// The general arithmetic units.
  case vector
  /// Memory bandwidth.
  case memory
  /// The link to other devices.
  case link
}

/// How long an operator keeps each resource of a device busy.
public struct OperatorTime: Sendable, Hashable {
  /// Time of the matrix units.
  public var compute: Seconds
  /// Time of the general arithmetic units.
  public var vector: Seconds
  /// Time of the memory interface.
  public var memory: Seconds

  /// Time of the link to other devices, the latency of its messages included.
  public var link: Seconds

  /// A time from its parts.
  public init(compute: Seconds, vector: Seconds, memory: Seconds, link: Seconds = .zero) {
    self.link = link
    self.compute = compute
    self.vector = vector
    self.memory = memory
  }

  /// The ideal time: resources work side by side, so the busiest one decides. No kernel is faster.
  public var ideal: Seconds { max(compute, vector, memory, link) }

  /// The time of one resource.
  public subscript(bound: Bound) -> Seconds {
    switch bound {
    case .compute: compute
    case .vector: vector
    case .memory: memory
    case .link: link
    }
  }

  /// The busiest resource; on a tie arithmetic, as at the ridge point.
  public var bound: Bound {
    Bound.allCases.dropFirst().reduce(.compute) { self[$1] > self[$0] ? $1 : $0 }
  }
}

extension Accelerator {
  /// The roofline: FLOPs over the peaks of the units that compute them, bytes over the bandwidth.
  ///
  /// Work on a headline peak counts as `compute`, whatever it is.
  public func time(of cost: Cost) -> OperatorTime {
    var time = OperatorTime(compute: .zero, vector: .zero, memory: cost.traffic.total / bandwidth.value)
    for (flops, unit) in [(cost.flops, cost.matrixUnit), (cost.vectorFLOPs, cost.vectorUnit)] where flops > .zero {
      let seconds = flops / peak(of: unit).throughput
      if case .vector = unit { time.vector += seconds } else { time.compute += seconds }
    }
    if cost.messages > 0, let link = interconnect?.value {
      // The figure is of both directions together; a device sends in one.
      time.link = cost.sent / (link / 2) + linkLatency.value * cost.messages
    }
    return time
  }

  /// The peak of the units that are asked for.
  public func peak(of unit: ArithmeticUnit) -> Peak {
    switch unit {
    case .matrix(let format): matrixPeak(format)
    case .vector(let format): vectorPeak(format)
    case .headline(let format): headlinePeak(format)
    }
  }
}
