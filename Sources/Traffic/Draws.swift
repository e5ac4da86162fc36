#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A stream of random numbers that a seed and a purpose decide alone: SplitMix64, as `Documentation/scheduler.md` has it,
/// so that other programs can repeat it.
package struct Draws: Sendable, Hashable {
  /// What numbers are drawn for; each purpose has a stream of its own, so that none moves another.
  package enum Purpose: UInt64, Sendable, Hashable {
    case gaps, text, output, pictures, visualTokens, groups
  }

  private static let golden: UInt64 = 0x9E37_79B9_7F4A_7C15
  /// The number of the stream of the drafts of request 0.
  private static let drafts: UInt64 = 1 << 32

  private var state: UInt64

  /// The stream of a purpose.
  package init(seed: UInt64, _ purpose: Purpose) { self.init(seed: seed, stream: purpose.rawValue) }

  /// The stream that decides about the drafts of a request, from draw number `first` on.
  package init(seed: UInt64, draftsOf request: Int, from first: Int = 0) {
    self.init(seed: seed, stream: Self.drafts &+ UInt64(bitPattern: Int64(request)))
    state &+= Self.golden &* UInt64(bitPattern: Int64(first))
  }

  private init(seed: UInt64, stream: UInt64) {
    state = Self.mix(Self.mix(seed &+ Self.golden) &+ (stream &+ 1) &* Self.golden)
  }

  private static func mix(_ number: UInt64) -> UInt64 {
    var z = number
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// The next number of 64 bits.
  package mutating func bits() -> UInt64 {
    state &+= Self.golden
    return Self.mix(state)
  }

  /// The next number from 0 to below 1.
  package mutating func uniform() -> Double { Double(bits() >> 11) * 0x1p-53 }

  /// From an exponential distribution of mean 1.
  package mutating func exponential() -> Double { -log(1 - uniform()) }

  /// From a normal distribution of mean 0 and deviation 1 (Box and Muller); takes two draws.
  package mutating func normal() -> Double {
    let radius = (-2 * log(1 - uniform())).squareRoot()
    return radius * cos(2 * Double.pi * uniform())
  }

  /// From a gamma distribution of a shape above 0 and scale 1 (Marsaglia and Tsang, ACM TOMS 26, 2000).
  package mutating func gamma(shape: Double) -> Double {
    if shape < 1 {
      let value = gamma(shape: shape + 1)
      return value * pow(1 - uniform(), 1 / shape)
    }
    let d = shape - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = normal()
      let root = 1 + c * x
      let v = root * root * root
      guard v > 0 else { continue }
      if log(1 - uniform()) < x * x / 2 + d - d * v + d * log(v) { return d * v }
    }
  }
}
