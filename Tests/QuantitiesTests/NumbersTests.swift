import Quantities
import Testing

@Suite("Counts as people write them") struct CountTests {
  @Test(arguments: [
    ("0", 0), ("-1", -1), ("2000", 2000), ("2k", 2000), ("2K", 2000), ("1.5k", 1500), ("0.064k", 64), ("1M", 1_000_000),
    ("1.048576M", 1_048_576),
  ])
  func read(text: String, expected: Int) { #expect(Int(counting: text) == expected) }

  @Test(arguments: [
    "", "k", "2kk", "2 k", "-2k", "+2k", ".5k", "1.2.3k", "1.0001k", "1e3k", "nank", "0x1k", "2G", "99999999999999999M",
    "２k",
  ])
  func refused(text: String) { #expect(Int(counting: text) == nil) }
}

@Suite("Numbers as text")
struct NumbersTests {
  @Test(
    "ties go to the even digit, as the exact binary value decides",
    arguments: [
      (0.5, 0, "0"), (1.5, 0, "2"), (2.5, 0, "2"), (0.125, 2, "0.12"), (0.375, 2, "0.38"), (2.675, 2, "2.67"),
      (-1.5, 0, "-2"), (1e21, 0, "1000000000000000000000"), (1, 3, "1.000"), (4.9156, 2, "4.92"),
    ])
  func fixed(value: Double, decimals: Int, expected: String) {
    #expect(value.fixed(decimals) == expected)
  }

  @Test func fixedOfWhatIsNotFinite() {
    #expect(Double.nan.fixed(2) == "nan")
    #expect(Double.infinity.fixed(2) == "inf")
    #expect((-Double.infinity).fixed(2) == "-inf")
  }

  @Test("the longest numbers fit, and decimals out of range do not trap")
  func extremes() {
    // 1.7976931348623157e308 has 309 digits before the point.
    #expect(Double.greatestFiniteMagnitude.fixed(2).count == 312)
    #expect(1.5.fixed(-3) == "2")
    #expect(1.5.fixed(.max).count == 1002)
  }

  @Test(arguments: [
    (0.0, "0"), (-0.0, "0"), (6_738_415_616, "6738415616"), (8_177_644_994_560, "8177644994560"), (0.1, "0.1"),
    (-2.5, "-2.5"), (0x1p53, "9007199254740992"), (1e19, "1e+19"),
    (.leastNonzeroMagnitude, "5e-324"),
  ])
  func shortest(value: Double, expected: String) {
    #expect(value.shortest == expected)
  }

  @Test(
    "the shortest text reads back as the same number",
    arguments: [
      0.1, 1.0 / 3, 1e22, 1.529e23, -7.25, 9.223372036854775e18, 9.3e18, 2.2250738585072014e-308,
    ])
  func roundTrip(value: Double) {
    #expect(Double(value.shortest) == value)
  }

  @Test func trimming() {
    #expect("  a b ".trimmingSpaces() == "a b")
    #expect("   ".trimmingSpaces() == "")
    #expect("\ta".trimmingSpaces() == "\ta")
  }
}
