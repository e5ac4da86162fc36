public import Quantities

/// A step of a model's work: what it computes and what it moves, counted in FLOPs and elements.
///
/// It knows neither hardware nor precision: `cost(at:)` turns elements into bytes. All counts are those of one
/// occurrence; `repeatCount` says how often it occurs.
public struct Operator: Sendable, Hashable {
  /// The dotted name, for example `attention.query`.
  public var name: String
  /// How many times the operator occurs, once per layer of equal shape.
  public var repeatCount: Int
  /// FLOPs of matrix products; a multiply-add is two.
  public var flops: FLOPs
  /// FLOPs of everything else: softmax, norms, activations, rotations, sums.
  public var vectorFLOPs: FLOPs
  /// Where and in which format the FLOPs are computed.
  public var arithmetic: Arithmetic
  /// What kind of kernel runs it.
  public var kernel: Kernel
  /// The operands that are read from or written to memory, each once.
  public var operands: [Operand]
  /// Elements of activations that must stay in memory during this step although it does not touch them.
  public var heldElements: Double

  /// What it sends to other devices, if anything.
  public var transfer: Transfer?

  /// An operator from its parts; the factories beside this file (`matmul`, `attention`, ...) are what tables use.
  public init(
    _ name: String, repeatCount: Int = 1, flops: Double = 0, vectorFLOPs: Double = 0,
    arithmetic: Arithmetic = .unquantized, kernel: Kernel = .other, operands: [Operand],
    holding heldElements: Double = 0
  ) {
    self.name = name
    self.repeatCount = repeatCount
    self.flops = FLOPs(flops)
    self.vectorFLOPs = FLOPs(vectorFLOPs)
    self.arithmetic = arithmetic
    self.kernel = kernel
    self.operands = operands
    self.heldElements = heldElements
  }

  /// The same operator, occurring so many times.
  public func repeated(_ count: Int) -> Operator {
    var copy = self
    copy.repeatCount = count
    return copy
  }
}

/// How an operator's FLOPs are computed.
public enum Arithmetic: Sendable, Hashable {
  /// Products on the matrix units in the precision's format for quantised products; the rest on the vector units.
  case quantizedProduct
  /// Products on the matrix units in the precision's unquantised format; the rest on the vector units.
  case unquantized
  /// Everything at one headline peak, INT8 where weights, activations and cache have at most 8 bits, else FP16.
  case headline
}

/// A tensor that an operator reads or writes.
public struct Operand: Sendable, Hashable {
  /// What the tensor is and in which direction it moves.
  public enum Role: Sendable, Hashable {
    case weights, activationRead, activationWritten, cacheRead, cacheWritten
  }

  /// Which of a precision's widths its elements have.
  public enum Storage: Sendable, Hashable {
    /// Weights of a quantised product.
    case quantizedWeight
    /// Weights that are never quantised.
    case weight
    /// Inputs of a quantised product.
    case productInput
    case activation
    case cache
    /// One byte each, whatever the precision.
    case byte
  }

  /// What the tensor is and in which direction it moves.
  public var role: Role
  /// How wide its elements are.
  public var storage: Storage
  /// How many elements move.
  public var elements: Double

  /// `elements` elements of the given storage in the given role.
  public init(_ role: Role, _ elements: Double, as storage: Storage) {
    self.role = role
    self.elements = elements
    self.storage = storage
  }

  /// Weights that are never quantised.
  public static func weights(_ elements: Double) -> Operand { Operand(.weights, elements, as: .weight) }
  /// An activation that is read.
  public static func reads(_ elements: Double) -> Operand { Operand(.activationRead, elements, as: .activation) }
  /// An activation that is written.
  public static func writes(_ elements: Double) -> Operand { Operand(.activationWritten, elements, as: .activation) }
  /// The input of a quantised product, read by it.
  public static func readsInput(_ elements: Double) -> Operand {
    Operand(.activationRead, elements, as: .productInput)
  }
  /// The input of a quantised product, written by the step before it.
  public static func writesInput(_ elements: Double) -> Operand {
    Operand(.activationWritten, elements, as: .productInput)
  }
  /// Keys or values read from the cache.
  public static func readsCache(_ elements: Double) -> Operand { Operand(.cacheRead, elements, as: .cache) }
  /// Keys or values written to the cache.
  public static func writesCache(_ elements: Double) -> Operand { Operand(.cacheWritten, elements, as: .cache) }

  /// The bytes that the operand takes at a precision.
  public func bytes(at precision: Precision) -> Bytes {
    let bits =
      switch storage {
      case .quantizedWeight: precision.weightBits
      case .weight: precision.unquantizedWeightBits
      case .productInput: precision.productInputBits
      case .activation: precision.activationBits
      case .cache: precision.cacheBits
      case .byte: 8.0
      }
    return Bytes(elements * bits / 8)
  }
}
