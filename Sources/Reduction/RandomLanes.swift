/// Four random number generators side by side, for noise by the million.
///
/// Each is a xoshiro128+ (D. Blackman, S. Vigna, "Scrambled Linear Pseudorandom Number Generators", 2021), seeded by
/// SplitMix64. The same seed gives the same numbers on every platform.
struct RandomLanes {
  private typealias Lanes = SIMD4<UInt32>

  /// How many numbers `next` makes.
  static let width = 8

  private var state: (Lanes, Lanes, Lanes, Lanes)

  /// Generators that depend on `seed` alone.
  init(seed: UInt64) {
    var counter = seed
    func word() -> UInt32 {
      counter &+= 0x9E37_79B9_7F4A_7C15
      var bits = counter
      bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
      bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
      return UInt32(truncatingIfNeeded: (bits ^ (bits >> 31)) >> 32)
    }
    func lanes() -> Lanes { Lanes(word(), word(), word(), word()) }
    state = (lanes(), lanes(), lanes(), lanes())
  }

  /// Eight random numbers, evenly spread from -0.5 to 0.5 in steps of 2^-16.
  @inline(__always)
  mutating func next() -> (SIMD4<Float>, SIMD4<Float>) {
    let bits = state.0 &+ state.3
    let shifted = state.1 &<< 9
    state.2 ^= state.0
    state.3 ^= state.1
    state.1 ^= state.2
    state.0 ^= state.3
    state.2 ^= shifted
    state.3 = state.3 &<< 11 | state.3 &>> 21
    return (Self.fraction(bits &>> 16), Self.fraction(bits & 0xFFFF))
  }

  /// Numbers of 16 bits as fractions, less a half: they become the leading digits of numbers from 1 to 2.
  @inline(__always)
  private static func fraction(_ bits: Lanes) -> SIMD4<Float> {
    unsafeBitCast(bits &<< 7 | 0x3F80_0000, to: SIMD4<Float>.self) - 1.5
  }
}
