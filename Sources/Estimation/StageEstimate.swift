public import Architectures
public import Hardware
public import Operators
public import Quantities

/// What one operator costs on a device, per occurrence.
public struct OperatorEstimate: Sendable {
  /// What is computed and moved.
  public let operation: Operator
  /// Its FLOPs and bytes at the precision.
  public let cost: Cost
  /// How long it keeps each resource busy at least.
  public let time: ResourceSeconds
  /// The ideal time if the last-level cache already held as much of the operands as fits into it.
  public let cachedIdeal: Seconds
  /// How long a real kernel takes by the formulas of the expected time alone.
  public let kernel: Seconds
  /// What passes until the next kernel begins.
  public let gap: Seconds
  /// How long a real kernel takes, and the gap after it.
  public let expected: Seconds
  /// The intensity from which on this operator's products would be bound by arithmetic.
  public let ridgePoint: Intensity

  /// What an operator costs at a precision on a device.
  public init(
    _ operation: Operator, at precision: Precision, on hardware: Accelerator, launch: Launch = .stream
  ) {
    self.init(operation, Rates(hardware, at: precision), launch)
  }

  package init(_ operation: Operator, _ rates: Rates, _ launch: Launch) {
    self.operation = operation
    cost = operation.cost(rates.widths)
    let bytes = cost.traffic.total.value
    let ideal = rates.seconds(operation, bytes)
    time = ResourceSeconds(ideal)
    kernel = Seconds(rates.kernelSeconds(operation, bytes, ideal))
    gap = kernel > .zero ? Seconds(rates.gap(after: operation, launch)) : .zero
    var fresh = ProductMemory(slots: 0)
    expected = Seconds(rates.expectedSeconds(operation, bytes, ideal: ideal, launch, products: &fresh))
    var cached = ideal
    cached[2] = max(0, bytes - rates.lastLevelCache) * rates.secondsPerByte
    cachedIdeal = Seconds(cached.max())
    let isProduct = operation.flops > .zero || operation.arithmetic == .headline
    let perFLOP = isProduct ? rates[operation.arithmetic].secondsPerPeakFLOP : rates.secondsPerVectorFLOP
    ridgePoint = Intensity(rates.secondsPerByte / perFLOP)
  }

  /// How often the operator occurs.
  public var repeatCount: Double { Double(operation.repeatCount) }
}

/// What one stage of a request costs on a device, in sum and operator by operator.
@dynamicMemberLookup
public struct StageEstimate: Sendable {
  /// Which stage.
  public let stage: Stage
  /// The sums, but for the expected time.
  public let price: Price
  /// The operators, not priced yet.
  let work: [Operator]
  private let rates: Rates
  private let launch: Launch

  init(_ work: StageOperators, _ rates: Rates, launch: Launch = .stream) {
    stage = work.stage
    self.work = work.operators
    self.rates = rates
    self.launch = launch
    price = rates.price(work.operators, launch: launch)
  }

  /// The operators in the order of the work, equal ones as one; made when asked for.
  public var operators: [OperatorEstimate] { work.merged.map { OperatorEstimate($0, rates, launch) } }
  /// A sum of `price`, for example `flops`, `traffic` or `seconds`.
  public subscript<Sum>(dynamicMember sum: KeyPath<Price, Sum>) -> Sum { price[keyPath: sum] }
  /// The expected time; computed when asked for.
  public var expectedSeconds: Seconds {
    rates.price(work, launch: launch, expecting: true).expectedSeconds ?? .zero
  }
  /// The intensity from which on the stage's first products would be bound by arithmetic; nil without products.
  public var ridgePoint: Intensity? {
    work.first { $0.flops > .zero }.map { OperatorEstimate($0, rates, launch).ridgePoint }
  }
}
