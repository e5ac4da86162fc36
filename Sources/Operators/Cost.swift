public import Quantities

/// Bytes moved between memory and the arithmetic units.
public struct Traffic: Sendable, Hashable, AdditiveArithmetic {
  /// Weights, which are only read.
  public var weights = Bytes.zero
  /// Activations read.
  public var activationsRead = Bytes.zero
  /// Activations written.
  public var activationsWritten = Bytes.zero
  /// Keys and values read from the cache.
  public var cacheRead = Bytes.zero
  /// Keys and values written to the cache.
  public var cacheWritten = Bytes.zero

  /// No traffic.
  public init() {}

  /// No traffic.
  public static var zero: Traffic { Traffic() }

  /// All bytes moved.
  public var total: Bytes { weights + activationsRead + activationsWritten + cacheRead + cacheWritten }

  /// The sum, part by part.
  public static func + (a: Traffic, b: Traffic) -> Traffic { a.combined(with: b, +) }
  /// The difference, part by part.
  public static func - (a: Traffic, b: Traffic) -> Traffic { a.combined(with: b, -) }
  /// The traffic of `count` equal steps.
  public static func * (a: Traffic, count: Double) -> Traffic { a.combined(with: a) { one, _ in one * count } }

  private func combined(with other: Traffic, _ combine: (Bytes, Bytes) -> Bytes) -> Traffic {
    var result = Traffic()
    for part in Self.parts { result[keyPath: part] = combine(self[keyPath: part], other[keyPath: part]) }
    return result
  }

  private static var parts: [WritableKeyPath<Traffic, Bytes>] {
    [\.weights, \.activationsRead, \.activationsWritten, \.cacheRead, \.cacheWritten]
  }
}

/// Which arithmetic units compute something, in which format.
public enum ArithmeticUnit: Sendable, Hashable {
  /// The matrix units (tensor cores, AMX, MXU) or, without any, the vector units.
  case matrix(NumberFormat)
  /// The general arithmetic units.
  case vector(NumberFormat)
  /// The one peak that a device is advertised with for the format, for products and everything else alike.
  case headline(NumberFormat)

  /// The format that is asked for.
  public var format: NumberFormat {
    switch self {
    case .matrix(let format), .vector(let format), .headline(let format): format
    }
  }
}

/// What one occurrence of an operator costs at a precision: FLOPs and bytes, no time yet.
public struct Cost: Sendable, Hashable {
  /// FLOPs of matrix products.
  public var flops: FLOPs
  /// The units that compute them.
  public var matrixUnit: ArithmeticUnit
  /// All other FLOPs.
  public var vectorFLOPs: FLOPs
  /// The units that compute those.
  public var vectorUnit: ArithmeticUnit
  /// Bytes moved.
  public var traffic: Traffic
  /// Bytes of activations in memory during the step.
  public var liveActivations: Bytes

  /// Bytes sent to other devices.
  public var sent = Bytes.zero
  /// Messages that follow each other on the link.
  public var messages = 0.0

  /// All FLOPs per byte moved.
  public var intensity: Intensity { (flops + vectorFLOPs) / traffic.total }
}

extension Operator {
  /// What one occurrence costs at a precision.
  ///
  /// Vector work is computed in FP32, as engines do for norms, softmax and activations whatever the storage format.
  public func cost(at precision: Precision) -> Cost {
    var traffic = Traffic()
    var live = Bytes(heldElements * precision.activationBits / 8)
    for operand in operands {
      let bytes = operand.bytes(at: precision)
      switch operand.role {
      case .weights: traffic.weights += bytes
      case .activationRead: traffic.activationsRead += bytes
      case .activationWritten: traffic.activationsWritten += bytes
      case .cacheRead: traffic.cacheRead += bytes
      case .cacheWritten: traffic.cacheWritten += bytes
      }
    }
    live += traffic.activationsRead + traffic.activationsWritten
    let units = arithmetic.units(at: precision)
    var cost = Cost(
      flops: flops, matrixUnit: units.matrix, vectorFLOPs: vectorFLOPs, vectorUnit: units.vector,
      traffic: traffic, liveActivations: live)
    if let transfer {
      cost.sent = Operand(.activationRead, transfer.elements, as: transfer.storage).bytes(at: precision)
      cost.messages = transfer.messages
    }
    return cost
  }
}

extension Arithmetic {
  /// The units that compute products and everything else.
  fileprivate func units(at precision: Precision) -> (matrix: ArithmeticUnit, vector: ArithmeticUnit) {
    switch self {
    case .quantizedProduct: (.matrix(precision.productFormat), .vector(.fp32))
    case .unquantized: (.matrix(precision.format), .vector(.fp32))
    case .headline: (.headline(precision.productFormat), .headline(precision.productFormat))
    }
  }
}
