public import Architectures
internal import Hardware
public import Operators
public import Quantities

/// What one operator costs on a device, per occurrence.
public struct OperatorEstimate: Sendable, Hashable {
  /// What is computed and moved.
  public var operation: Operator
  /// Its FLOPs and bytes at the precision.
  public var cost: Cost
  /// How long it keeps each resource busy.
  public var time: OperatorTime
  /// The ideal time if the last-level cache already held as much of the operands as fits into it.
  public var cachedIdeal: Seconds
  /// How long a real kernel takes by `ExpectedTime` alone.
  public var kernel: Seconds
  /// Of a step of decoding over the cache the terms of which `kernel` is the longest; else none.
  var cacheBounds: [Seconds] = []
  /// What passes until the next kernel begins.
  public var gap: Seconds
  /// How long a real kernel takes, at least the ideal time, and the gap after it.
  public var expected: Seconds { max(kernel, time.ideal) + gap }
  /// The intensity from which on this operator's products would be bound by arithmetic.
  public var ridgePoint: Intensity

  /// What an operator costs at a precision on the device of `model`.
  public init(_ operation: Operator, at precision: Precision, on model: ExpectedTime) {
    let hardware = model.hardware
    self.operation = operation
    cost = operation.cost(at: precision)
    time = hardware.time(of: cost)
    kernel = model.kernelSeconds(operation, cost)
    gap = kernel > .zero ? model.gap(after: operation, cost) : .zero
    let cached = min(hardware.lastLevelCache?.value ?? .zero, cost.traffic.total)
    cachedIdeal = max(time.compute, time.vector, time.link, (cost.traffic.total - cached) / hardware.bandwidth.value)
    if case .overCache = operation.kernel { cacheBounds = model.cacheBounds(cost) }
    let unit = cost.flops > .zero ? cost.matrixUnit : cost.vectorUnit
    ridgePoint = hardware.peak(of: unit).throughput / hardware.bandwidth.value
  }

  /// How often the operator occurs.
  public var repeatCount: Double { Double(operation.repeatCount) }
}

/// What one stage of a request costs on a device, operator by operator and in sum.
public struct StageEstimate: Sendable, Hashable {
  /// Which stage.
  public var stage: Stage
  /// Its operators in the order of the work.
  public var operators: [OperatorEstimate]

  /// A stage of operators that are priced already.
  init(_ stage: Stage, _ operators: [OperatorEstimate]) { (self.stage, self.operators) = (stage, operators) }

  init(_ work: StageOperators, on hardware: Accelerator, at precision: Precision) {
    stage = work.stage
    let model = ExpectedTime(on: hardware)
    operators = work.operators.map { OperatorEstimate($0, at: precision, on: model) }
  }

  /// FLOPs of matrix products.
  public var flops: FLOPs { operators.map { $0.cost.flops * $0.repeatCount }.sum() }
  /// All other FLOPs.
  public var vectorFLOPs: FLOPs { operators.map { $0.cost.vectorFLOPs * $0.repeatCount }.sum() }
  /// Bytes moved.
  public var traffic: Traffic { operators.reduce(.zero) { $0 + $1.cost.traffic * $1.repeatCount } }
  /// The ideal time: one operator after the other.
  public var seconds: Seconds { operators.map { $0.time.ideal * $0.repeatCount }.sum() }
  /// The expected time: one operator after the other.
  public var expectedSeconds: Seconds { operators.map { $0.expected * $0.repeatCount }.sum() }
  /// All FLOPs per byte moved.
  public var intensity: Intensity { (flops + vectorFLOPs) / traffic.total }
  /// The time spent in operators that a resource bounds.
  public func seconds(boundBy bound: Bound) -> Seconds {
    operators.filter { $0.time.bound == bound }.map { $0.time.ideal * $0.repeatCount }.sum()
  }

  /// The resource that bounds most of the time.
  public var bound: Bound {
    Bound.allCases.reversed().max { seconds(boundBy: $0) < seconds(boundBy: $1) } ?? .memory
  }
}
