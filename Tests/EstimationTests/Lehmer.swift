/// D. Lehmer's generator with 128 bits of state, the same numbers in every run.
struct Lehmer: RandomNumberGenerator {
  private var state: UInt128

  /// Another seed begins elsewhere.
  init(seed: Int = 0) { state = 2 * UInt128(seed) + 1 }

  mutating func next() -> UInt64 {
    state &*= 0xDA94_2042_E4DD_58B5
    return UInt64(truncatingIfNeeded: state >> 64)
  }
}
