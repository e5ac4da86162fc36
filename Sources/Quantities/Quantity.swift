/// A physical quantity held as a `Double` in its base unit.
///
/// A distinct type for each quantity keeps bytes and FLOPs from being added. Doubles count integers exactly up to
/// 2^53 and never trap; quantities of one kind add, subtract, compare and scale.
public protocol Quantity: Sendable, Hashable, Comparable, AdditiveArithmetic, CustomStringConvertible {
  /// The amount in the base unit.
  var value: Double { get set }
  /// Makes a quantity of `value` base units.
  init(_ value: Double)
  /// What the quantity is called in an error message, for example `bandwidth`.
  static var kind: String { get }
  /// The base unit as it is written, without prefix; the first is the one that is printed.
  static var symbols: [String] { get }
  /// A well-formed text of such a quantity, shown in error messages.
  static var example: String { get }
}

extension Quantity {
  public static var zero: Self { Self(0) }
  public static func < (a: Self, b: Self) -> Bool { a.value < b.value }
  public static func + (a: Self, b: Self) -> Self { Self(a.value + b.value) }
  public static func - (a: Self, b: Self) -> Self { Self(a.value - b.value) }
  public static func * (a: Self, factor: Double) -> Self { Self(a.value * factor) }
  public static func * (factor: Double, a: Self) -> Self { Self(a.value * factor) }
  public static func / (a: Self, divisor: Double) -> Self { Self(a.value / divisor) }
  /// The dimensionless ratio of two quantities of one kind.
  public static func / (a: Self, b: Self) -> Double { a.value / b.value }
}

extension Sequence where Element: Quantity {
  /// The sum of the quantities, in order.
  public func sum() -> Element { reduce(.zero, +) }
}

/// An amount of memory or of traffic, in bytes.
public struct Bytes: Quantity {
  public var value: Double
  public init(_ value: Double) { self.value = value }
  public static let kind = "amount of memory"
  public static let symbols = ["B"]
  public static let example = "16 GB"
}

/// A number of floating-point (or integer) operations; a multiply-add is two.
public struct FLOPs: Quantity {
  public var value: Double
  public init(_ value: Double) { self.value = value }
  public static let kind = "number of operations"
  public static let symbols = ["FLOP"]
  public static let example = "9.3 TFLOP"
}

/// A duration, in seconds.
public struct Seconds: Quantity {
  public var value: Double
  public init(_ value: Double) { self.value = value }
  public static let kind = "duration"
  public static let symbols = ["s"]
  public static let example = "5 ms"
}

/// A rate of memory traffic, in bytes per second.
public struct Bandwidth: Quantity {
  public var value: Double
  public init(_ value: Double) { self.value = value }
  public static let kind = "bandwidth"
  public static let symbols = ["B/s"]
  public static let example = "900 GB/s"
}

/// A rate of arithmetic, in operations per second.
public struct Throughput: Quantity {
  public var value: Double
  public init(_ value: Double) { self.value = value }
  public static let kind = "arithmetic throughput"
  public static let symbols = ["FLOP/s", "OP/s"]
  public static let example = "112 TFLOP/s"
}

/// Arithmetic intensity: operations per byte of traffic.
public struct Intensity: Quantity {
  public var value: Double
  public init(_ value: Double) { self.value = value }
  public static let kind = "arithmetic intensity"
  public static let symbols = ["FLOP/B"]
  public static let example = "124 FLOP/B"
}

/// Electrical power, in watts.
public struct Power: Quantity {
  public var value: Double
  public init(_ value: Double) { self.value = value }
  public static let kind = "power"
  public static let symbols = ["W"]
  public static let example = "250 W"
}

/// The time that `work` takes at `rate`.
public func / (work: FLOPs, rate: Throughput) -> Seconds { Seconds(work.value / rate.value) }
/// The time that `traffic` takes at `rate`.
public func / (traffic: Bytes, rate: Bandwidth) -> Seconds { Seconds(traffic.value / rate.value) }
/// Operations per byte.
public func / (work: FLOPs, traffic: Bytes) -> Intensity { Intensity(work.value / traffic.value) }
/// The ridge point: the intensity from which on `peak`, no longer `bandwidth`, bounds the time.
public func / (peak: Throughput, bandwidth: Bandwidth) -> Intensity { Intensity(peak.value / bandwidth.value) }
