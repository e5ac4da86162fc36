import Quantities
import Testing

@Suite("Printing quantities")
struct QuantityPrintingTests {
  // Three significant digits, correctly rounded, with the largest prefix that leaves at least 1: done by hand.
  @Test(arguments: [
    (16e9, "16.0 GB"), (13_476_831_232, "13.5 GB"), (1, "1.00 B"), (999, "999 B"), (1000, "1.00 kB"), (1e6, "1.00 MB"),
    (1e12, "1.00 TB"), (1e15, "1.00 PB"), (1e18, "1.00 EB"), (9.5e9, "9.50 GB"), (9.96e9, "9.96 GB"),
    (9.994e9, "9.99 GB"), (9.996e9, "10.0 GB"), (99.6e9, "99.6 GB"), (99.96e9, "100 GB"), (100e9, "100 GB"),
    (999.4e9, "999 GB"), (999.6e9, "1.00 TB"), (999.95e9, "1.00 TB"), (0.5, "0.500 B"), (-16e9, "-16.0 GB"),
    (-99.6e9, "-99.6 GB"),
  ])
  func bytes(value: Double, expected: String) {
    #expect(Bytes(value).description == expected)
  }

  @Test(arguments: [
    (0.0769, "76.9 ms"), (0.9996, "1.00 s"), (0.0009996, "1.00 ms"), (1e-6, "1.00 \u{B5}s"), (1.5e-9, "1.50 ns"),
    (1e-10, "0.100 ns"), (1e-11, "0.0100 ns"), (3600, "3.60 ks"), (59.94, "59.9 s"), (0.00999, "9.99 ms"),
  ])
  func seconds(value: Double, expected: String) {
    #expect(Seconds(value).description == expected)
  }

  @Test("zero, and what is not finite, has no prefix and no decimals")
  func special() {
    #expect(Bytes(0).description == "0 B")
    #expect(Bytes(-0.0).description == "0 B")
    #expect(Seconds(.infinity).description == "inf s")
    #expect(Seconds(.nan).description == "nan s")
  }

  @Test("far beyond the prefixes stands a power of ten, not a row of zeros")
  func powersOfTen() {
    #expect(Bandwidth(1e308).description == "1.00e+308 B/s")
    #expect(FLOPs(1.529e23).description == "152900 EFLOP")
    #expect(FLOPs(1.529e24).description == "1.53e+24 FLOP")
    #expect(Seconds(1e-13).description == "1.00e-13 s")
  }

  @Test func moreDigits() {
    #expect(Throughput(312e12).formatted(significantDigits: 4) == "312.0 TFLOP/s")
    #expect(Throughput(1978.9e12).formatted(significantDigits: 4) == "1.979 PFLOP/s")
    #expect(Bandwidth(99.96e9).formatted(significantDigits: 4) == "99.96 GB/s")
  }

  @Test(
    "what is printed reads back as the same three digits",
    arguments: [
      1.0, 9.96, 99.6, 999.4, 12_345, 9.99e8, 5.55e11, 7.77e14, 1e18,
    ])
  func roundTrip(value: Double) throws {
    let read = try Bytes(parsing: Bytes(value).description)
    #expect(abs(read.value - value) <= value * 0.005)
    #expect(read.description == Bytes(value).description)
  }
}
