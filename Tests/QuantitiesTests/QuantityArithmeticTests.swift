import Quantities
import Testing

@Suite("Arithmetic of quantities")
struct QuantityArithmeticTests {
  @Test func oneKind() {
    #expect(Bytes(3) + Bytes(4) == Bytes(7))
    #expect(Bytes(3) - Bytes(4) == Bytes(-1))
    #expect(Bytes(3) * 2 == Bytes(6))
    #expect(2 * Bytes(3) == Bytes(6))
    #expect(Bytes(3) / 2 == Bytes(1.5))
    #expect(Bytes(3) / Bytes(2) == 1.5)
    #expect(Bytes(3) < Bytes(4))
    #expect(!(Bytes(4) < Bytes(4)))
    #expect([Bytes(1), Bytes(2), Bytes(4)].sum() == Bytes(7))
    #expect([Bytes]().sum() == .zero)
  }

  @Test("time is work over rate, intensity work over traffic")
  func severalKinds() {
    #expect(FLOPs(112e12) / Throughput(56e12) == Seconds(2))
    #expect(Bytes(1800e9) / Bandwidth(900e9) == Seconds(2))
    #expect(FLOPs(300) / Bytes(2) == Intensity(150))
    // The ridge point of a V100 with 112 TFLOP/s and 896 GB/s: 112000 / 896 = 125.
    #expect(Throughput(112e12) / Bandwidth(896e9) == Intensity(125))
  }

  @Test("whole numbers are exact up to 2^53, which no model's byte count reaches")
  func exactIntegers() {
    let limit = Double(1 << 53)
    #expect(Bytes(limit - 1) + Bytes(1) == Bytes(limit))
    #expect(Bytes(limit) - Bytes(limit - 1) == Bytes(1))
  }
}
