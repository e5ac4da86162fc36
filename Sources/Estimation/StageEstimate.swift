public import Architectures
package import Hardware
public import Operators
public import Quantities

/// What one operator costs on a device, per occurrence.
public struct OperatorEstimate: Sendable {
  /// What is computed and moved.
  public let operation: Operator
  /// Its FLOPs and bytes at the precision.
  package let cost: Cost
  /// How long it keeps each resource busy at least.
  public let time: Price.ResourceSeconds
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
  package init(
    _ operation: Operator, at precision: Precision, on hardware: Accelerator, launch: Launch = .stream
  ) {
    self.init(operation, Rates(hardware, at: precision), launch)
  }

  package init(_ operation: Operator, _ rates: Rates, _ launch: Launch) {
    self.operation = operation
    cost = operation.cost(rates.widths)
    let bytes = cost.traffic.total.value
    let ideal = rates.seconds(operation, bytes)
    time = Price.ResourceSeconds(ideal)
    kernel = Seconds(rates.kernelSeconds(operation, bytes, ideal))
    gap = kernel > .zero ? Seconds(rates.gap(after: operation, launch)) : .zero
    var fresh = ProductMemory(slots: 0)
    expected = Seconds(rates.expectedSeconds(operation, bytes, ideal: ideal, launch, products: &fresh))
    var cached = ideal
    cached[2] = max(0, bytes - rates.lastLevelCache) * rates.secondsPerByte
    cachedIdeal = Seconds(cached.max())
    let isProduct = operation.flops > .zero || operation.arithmetic == .headline
    ridgePoint = rates.ridgePoint(of: isProduct ? operation.arithmetic : nil)
  }

  /// How often the operator occurs.
  public var repeatCount: Double { Double(operation.repeatCount) }
}

/// The rates of a device at a precision, shared by all that is priced with them.
final class SharedRates: Sendable {
  let rates: Rates
  /// By what tables choose between ways to do the same work.
  let cost: OperatorList.Cost

  init(_ rates: Rates) {
    self.rates = rates
    cost = rates.idealSeconds
  }
}

/// In which ways the products of a stage are computed.
struct ProductKinds: Sendable {
  /// The way of the first one; nil without any.
  let first: Arithmetic?
  /// All ways, attention's among them, and those of products with weights alone.
  let all, weighted: [Arithmetic]

  init(_ operators: [Operator]) {
    var (first, seen, weighted): (Arithmetic?, UInt8, UInt8) = (nil, 0, 0)
    for index in operators.indices where operators[index].flops > .zero {
      let arithmetic = operators[index].arithmetic
      if first == nil { first = arithmetic }
      seen |= arithmetic.bit
      if case .product = operators[index].kernel { weighted |= arithmetic.bit }
    }
    self.first = first
    all = Arithmetic.sets[Int(seen)]
    self.weighted = Arithmetic.sets[Int(weighted)]
  }
}

extension Arithmetic {
  fileprivate var bit: UInt8 { 1 << (Self.allCases.firstIndex(of: self) ?? 0) }

  /// All sets of ways, by their bits.
  fileprivate static let sets: [[Arithmetic]] = (0..<UInt8(1 << allCases.count)).map { bits in
    allCases.filter { bits & $0.bit != 0 }
  }
}

/// What one stage of a request costs on a device, in sum and operator by operator.
@dynamicMemberLookup
public struct StageEstimate: Sendable {
  /// Which stage.
  public let stage: Stage
  /// The sums.
  public let price: Price
  /// How its products are computed.
  let kinds: ProductKinds
  private let shared: SharedRates
  private let launch: Launch
  /// Makes the operators anew: few look at them.
  private let table: @Sendable () -> [Operator]

  init(
    _ stage: Stage, _ price: Price, _ kinds: ProductKinds, _ shared: SharedRates, _ launch: Launch,
    table: @escaping @Sendable () -> [Operator]
  ) {
    (self.stage, self.price, self.kinds) = (stage, price, kinds)
    (self.shared, self.launch, self.table) = (shared, launch, table)
  }

  /// The stage of operators that are priced now.
  init(
    _ stage: Stage, _ shared: SharedRates, _ launch: Launch, _ host: HostTimes,
    table: @escaping @Sendable () -> [Operator]
  ) {
    let operators = table()
    var price = shared.rates.price(operators, launch: launch, expecting: true)
    host.wait(&price)
    self.init(stage, price, ProductKinds(operators), shared, launch, table: table)
  }

  /// The operators in the order of the work, equal ones as one; made when asked for.
  public var operators: [OperatorEstimate] { table().merged.map { OperatorEstimate($0, shared.rates, launch) } }
  /// A sum of `price`, for example `flops`, `traffic` or `seconds`.
  public subscript<Sum>(dynamicMember sum: KeyPath<Price, Sum>) -> Sum { price[keyPath: sum] }
  /// The expected time.
  public var expectedSeconds: Seconds { price.expectedSeconds ?? .zero }
  /// What of it the device waits for the host; the rest are its operators.
  public var hostSeconds: Seconds { price.hostSeconds }
  /// The intensity from which on the stage's first products would be bound by arithmetic; nil without products.
  public var ridgePoint: Intensity? { kinds.first.map { shared.rates.ridgePoint(of: $0) } }
}
