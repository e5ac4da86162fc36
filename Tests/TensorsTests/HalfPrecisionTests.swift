import Testing

@testable import Tensors

struct HalfPrecisionTests {
  @Test(
    arguments: [
      (0x0000, 0), (0x3C00, 1), (0xC000, -2), (0x3555, 0.333251953125), (0x7BFF, 65504), (0x0400, 0x1p-14),
      (0x0001, 0x1p-24), (0x03FF, 0x1p-14 - 0x1p-24), (0x7C00, .infinity), (0xFC00, -.infinity),
    ] as [(UInt16, Float)])
  func knownPatterns(bits: UInt16, value: Float) {
    #expect(float(half: bits) == value)
  }

  @Test func everyFinitePattern() {
    for bits in UInt16.min...UInt16.max where bits & 0x7C00 != 0x7C00 {
      // IEEE 754: (1 + f / 1024) 2^(e - 15), or without the 1 and with e = 1 where the exponent field is 0.
      let exponent = Int(bits >> 10 & 31)
      let fraction = Double(bits & 1023) / 1024 + (exponent == 0 ? 0 : 1)
      let magnitude = Double(sign: .plus, exponent: max(exponent, 1) - 15, significand: 1) * fraction
      let expected = Float(bits & 0x8000 == 0 ? magnitude : -magnitude)
      #expect(float(half: bits).bitPattern == expected.bitPattern)
    }
  }

  @Test func notANumber() {
    #expect(float(half: 0x7E00).isNaN)
    #expect(float(half: 0xFC01).isNaN)
  }

  @Test(arguments: [(0x3F80, 1), (0xC040, -3), (0x7F80, .infinity), (0x4049, 3.140625)] as [(UInt16, Float)])
  func bfloat16(bits: UInt16, value: Float) {
    #expect(float(brain: bits) == value)
  }
}
