public import Quantities

/// Bytes moved between memory and the arithmetic units.
public struct Traffic: Sendable, Hashable, AdditiveArithmetic {
  /// All parts side by side, so that they are added and scaled at once; the last three are none.
  @usableFromInline let parts: SIMD8<Double>

  /// The bytes of elements at the widths of a precision.
  @inlinable @inline(__always)
  package init(_ moves: Moves, _ widths: Widths) {
    parts = SIMD8(
      moves.convertedBytes(widths) + (moves.weights + moves.tableWeights) * widths.weight
        + moves.headWeights * widths.headWeight,
      moves.inputsRead * widths.productInput + moves.activationsRead * widths.activation,
      moves.inputsWritten * widths.productInput + moves.activationsWritten * widths.activation,
      moves.cacheRead * widths.cache + moves.stateRead * widths.activation,
      moves.cacheWritten * widths.cache + moves.stateWritten * widths.activation, 0, 0, 0)
  }

  @inlinable @inline(__always) init(_ parts: SIMD8<Double>) { self.parts = parts }

  /// No traffic.
  @inlinable @inline(__always) public static var zero: Traffic { Traffic(.zero) }

  /// Weights, which are only read.
  public var weights: Bytes { Bytes(parts[0]) }
  /// Activations read.
  public var activationsRead: Bytes { Bytes(parts[1]) }
  /// Activations written.
  public var activationsWritten: Bytes { Bytes(parts[2]) }
  /// Keys and values read from the cache, and states.
  public var cacheRead: Bytes { Bytes(parts[3]) }
  /// Keys and values written to the cache, and states.
  public var cacheWritten: Bytes { Bytes(parts[4]) }
  /// All bytes moved.
  @inlinable @inline(__always) public var total: Bytes { Bytes(parts.sum()) }

  /// The sum, part by part.
  @inlinable @inline(__always) public static func + (a: Traffic, b: Traffic) -> Traffic { Traffic(a.parts + b.parts) }
  /// The difference, part by part.
  public static func - (a: Traffic, b: Traffic) -> Traffic { Traffic(a.parts - b.parts) }
  /// The traffic of `count` equal steps.
  @inlinable @inline(__always) public static func * (a: Traffic, count: Double) -> Traffic { Traffic(a.parts * count) }
}

/// Bytes of one element by what it is, at a precision.
@usableFromInline package struct Widths: Sendable, Hashable {
  /// A weight of a quantised product.
  @usableFromInline package let quantizedWeight: Double
  /// A weight of a quantised product of experts.
  @usableFromInline package let expertWeight: Double
  /// Any other weight.
  @usableFromInline package let weight: Double
  /// A weight of the head.
  @usableFromInline package let headWeight: Double
  /// An element of the input of a quantised product.
  @usableFromInline package let productInput: Double
  /// An element of any other activation.
  @usableFromInline package let activation: Double
  /// An element of the key-value cache.
  @usableFromInline package let cache: Double

  /// The widths at a precision.
  package init(_ precision: Precision) {
    quantizedWeight = precision.weightBits / 8
    expertWeight = (precision.expertBits ?? precision.weightBits) / 8
    weight = precision.unquantizedWeightBits / 8
    headWeight = precision.headBits / 8
    productInput = precision.productInputBits / 8
    activation = precision.activationBits / 8
    cache = precision.cacheBits / 8
  }
}

/// Which arithmetic units compute something, in which format.
package enum ArithmeticUnit: Sendable, Hashable {
  /// The matrix units (tensor cores, AMX, MXU) or, without any, the vector units.
  case matrix(NumberFormat)
  /// The general arithmetic units.
  case vector(NumberFormat)
  /// The one peak that a device is advertised with for the format, for products and everything else alike.
  case headline(NumberFormat)

  /// The format that is asked for.
  package var format: NumberFormat {
    switch self {
    case .matrix(let format), .vector(let format), .headline(let format): format
    }
  }
}

extension Arithmetic {
  /// The units that compute products and everything else at a precision.
  ///
  /// Vector work is computed in FP32, as engines do for norms, softmax and activations whatever the storage format.
  package func units(at precision: Precision) -> (matrix: ArithmeticUnit, vector: ArithmeticUnit) {
    switch self {
    case .quantizedProduct: (.matrix(precision.productFormat), .vector(.fp32))
    case .unquantized: (.matrix(precision.format), .vector(.fp32))
    case .headline: (.headline(precision.productFormat), .headline(precision.productFormat))
    }
  }
}

/// What one occurrence of an operator costs at a precision: FLOPs and bytes, no time yet.
package struct Cost: Sendable, Hashable {
  /// FLOPs of matrix products, what a mask hides included.
  package var flops: FLOPs
  /// All other FLOPs.
  package var vectorFLOPs: FLOPs
  /// FLOPs of matrix products that must be executed.
  package var executedFLOPs: FLOPs
  /// Bytes moved.
  package var traffic: Traffic
  /// Bytes of activations in memory during the step.
  package var liveActivations: Bytes
  /// Bytes that must cross the link to other devices.
  package var sent: Bytes
  /// All FLOPs per byte moved.
  package var intensity: Intensity { (flops + vectorFLOPs) / traffic.total }
}

extension Operator {
  /// What one occurrence costs at a precision.
  package func cost(at precision: Precision) -> Cost { cost(Widths(precision)) }

  /// What one occurrence costs at the widths of a precision.
  package func cost(_ widths: Widths) -> Cost {
    let traffic = Traffic(moves, widths)
    let sentWidth = transfer.areInputs ? widths.productInput : widths.activation
    return Cost(
      flops: flops, vectorFLOPs: vectorFLOPs, executedFLOPs: executedFLOPs, traffic: traffic,
      liveActivations: Bytes(heldElements * widths.activation) + traffic.activationsRead + traffic.activationsWritten,
      sent: Bytes(transfer.elements * sentWidth))
  }
}
