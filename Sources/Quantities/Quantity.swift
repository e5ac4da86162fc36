/// A physical quantity held as a `Double` in its base unit.
///
/// A distinct type for each quantity keeps bytes and FLOPs from being added. Doubles count integers exactly up to
/// 2^53 and never trap; quantities of one kind add, subtract, compare and scale.
public protocol Quantity: Sendable, Hashable, Comparable, AdditiveArithmetic, CustomStringConvertible {
  /// The amount in the base unit.
  var value: Double { get set }
  /// Makes a quantity of `value` base units.
  init(_ value: Double)
  /// How the quantity is called and written.
  static var notation: Notation { get }
}

/// How a kind of quantity is called and written.
public struct Notation: Sendable {
  /// What the quantity is called in an error message, for example `a bandwidth`.
  public let kind: String
  /// The base unit as it is written, without prefix; the first is the one that is printed.
  public let symbols: [String]
  /// Other ways to write the base unit that are read as well, for example `FLOPS`.
  public let spellings: [String]
  /// A well-formed text of such a quantity, shown in error messages.
  public let example: String

  /// Whether parts of the unit are written with prefixes, as in `5 ms`; there are no millibytes.
  public let submultiples: Bool
  /// Whether powers of 1024 are written with prefixes, as in `6 MiB`.
  public let isBinary: Bool

  /// The notation of a quantity; see the properties.
  public init(
    _ kind: String, symbols: [String], spellings: [String] = [], example: String, submultiples: Bool = false,
    isBinary: Bool = false
  ) {
    self.kind = kind
    self.symbols = symbols
    self.spellings = spellings
    self.example = example
    self.submultiples = submultiples
    self.isBinary = isBinary
  }
}

extension Quantity {
  /// Nothing of it.
  public static var zero: Self { Self(0) }
  /// Whether `a` is less than `b`; false if either is NaN.
  public static func < (a: Self, b: Self) -> Bool { a.value < b.value }
  /// The sum of two quantities of one kind.
  public static func + (a: Self, b: Self) -> Self { Self(a.value + b.value) }
  /// The difference of two quantities of one kind; may be negative.
  public static func - (a: Self, b: Self) -> Self { Self(a.value - b.value) }
  /// `factor` times the quantity.
  public static func * (a: Self, factor: Double) -> Self { Self(a.value * factor) }
  /// `factor` times the quantity.
  public static func * (factor: Double, a: Self) -> Self { Self(a.value * factor) }
  /// The quantity divided by a number.
  public static func / (a: Self, divisor: Double) -> Self { Self(a.value / divisor) }
  /// The dimensionless ratio of two quantities of one kind.
  public static func / (a: Self, b: Self) -> Double { a.value / b.value }
}

extension Sequence where Element: Quantity {
  /// The sum of the quantities, in order.
  package func sum() -> Element { reduce(.zero, +) }
}

/// An amount of memory or of traffic, in bytes.
public struct Bytes: Quantity {
  /// The amount in bytes.
  public var value: Double
  /// `value` bytes.
  public init(_ value: Double) { self.value = value }
  /// Written as in `16 GB`.
  public static let notation = Notation(
    "an amount of memory", symbols: ["B"], spellings: ["Byte", "Bytes", "bytes"], example: "16 GB", isBinary: true)
}

/// A number without a unit: a share, a factor, a count.
package struct Ratio: Quantity {
  /// The number.
  package var value: Double
  /// The ratio of `value`.
  package init(_ value: Double) { self.value = value }
  /// Written as in `0.9`.
  package static let notation = Notation("a number", symbols: [""], example: "0.9")
}

/// A number of floating-point (or integer) operations; a multiply-add is two.
public struct FLOPs: Quantity {
  /// The amount in operations.
  public var value: Double
  /// `value` operations.
  public init(_ value: Double) { self.value = value }
  /// Written as in `9.3 TFLOP`.
  public static let notation = Notation("a number of operations", symbols: ["FLOP"], example: "9.3 TFLOP")
}

/// A duration, in seconds.
public struct Seconds: Quantity {
  /// The amount in seconds.
  public var value: Double
  /// `value` seconds.
  public init(_ value: Double) { self.value = value }
  /// Written as in `5 ms`.
  public static let notation = Notation(
    "a duration", symbols: ["s"], spellings: ["sec", "seconds"], example: "5 ms", submultiples: true)
}

/// A rate of memory traffic, in bytes per second.
public struct Bandwidth: Quantity {
  /// The amount in bytes per second.
  public var value: Double
  /// `value` bytes per second.
  public init(_ value: Double) { self.value = value }
  /// Written as in `900 GB/s`.
  public static let notation = Notation(
    "a bandwidth", symbols: ["B/s"], spellings: ["Bps", "B/sec", "Byte/s", "Bytes/s"], example: "900 GB/s")
}

/// A rate of arithmetic, in operations per second.
public struct Throughput: Quantity {
  /// The amount in operations per second.
  public var value: Double
  /// `value` operations per second.
  public init(_ value: Double) { self.value = value }
  /// Written as in `112 TFLOP/s`.
  public static let notation = Notation(
    "an arithmetic throughput", symbols: ["FLOP/s", "OP/s"],
    spellings: ["FLOPS", "FLOPs", "Flops", "FLOPs/s", "Flop/s", "OPS", "OPs", "Ops", "OPs/s"], example: "112 TFLOP/s")
}

/// Arithmetic intensity: operations per byte of traffic.
public struct Intensity: Quantity {
  /// The amount in operations per byte.
  public var value: Double
  /// `value` operations per byte.
  public init(_ value: Double) { self.value = value }
  /// Written as in `124 FLOP/B`.
  public static let notation = Notation("an arithmetic intensity", symbols: ["FLOP/B"], example: "124 FLOP/B")
}

/// An amount of energy, in joules.
public struct Energy: Quantity {
  /// The amount in joules.
  public var value: Double
  /// `value` joules.
  public init(_ value: Double) { self.value = value }
  /// Written as in `5 kJ`.
  public static let notation = Notation("an amount of energy", symbols: ["J"], example: "5 kJ", submultiples: true)
}

/// Electrical power, in watts.
public struct Power: Quantity {
  /// The amount in watts.
  public var value: Double
  /// `value` watts.
  public init(_ value: Double) { self.value = value }
  /// Written as in `250 W`.
  public static let notation = Notation(
    "a power", symbols: ["W"], spellings: ["Watt", "watts"], example: "250 W", submultiples: true)
}

/// What an hour of something costs, in US dollars.
public struct HourlyPrice: Quantity {
  /// The amount in US dollars per hour.
  public var value: Double
  /// `value` US dollars per hour.
  public init(_ value: Double) { self.value = value }
  /// Written as in `2.10 USD/h`.
  public static let notation = Notation(
    "a price of an hour", symbols: ["USD/h"], spellings: ["USD/hour", "$/h"], example: "2.10 USD/h")
}

extension FLOPs {
  /// The time that `work` takes at `rate`.
  public static func / (work: FLOPs, rate: Throughput) -> Seconds { Seconds(work.value / rate.value) }
  /// The rate at which `work` is done in a time.
  public static func / (work: FLOPs, time: Seconds) -> Throughput { Throughput(work.value / time.value) }
  /// Operations per byte.
  public static func / (work: FLOPs, traffic: Bytes) -> Intensity { Intensity(work.value / traffic.value) }
}

extension Bytes {
  /// The time that `traffic` takes at `rate`.
  public static func / (traffic: Bytes, rate: Bandwidth) -> Seconds { Seconds(traffic.value / rate.value) }
  /// The rate at which `traffic` moves in a time.
  public static func / (traffic: Bytes, time: Seconds) -> Bandwidth { Bandwidth(traffic.value / time.value) }
}

extension Throughput {
  /// The ridge point: the intensity from which on `peak`, no longer `bandwidth`, bounds the time.
  public static func / (peak: Throughput, bandwidth: Bandwidth) -> Intensity { Intensity(peak.value / bandwidth.value) }
}

extension Power {
  /// The energy that `power` takes in a time.
  public static func * (power: Power, time: Seconds) -> Energy { Energy(power.value * time.value) }
}
