import Quantities
import Testing

@Suite("Reading quantities")
struct QuantityParsingTests {
  // Each expected value is the decimal literal with the prefix written out: G = 10^9, Gi = 2^30, and so on.
  @Test(arguments: [
    ("900 GB/s", 900e9), ("900GB/s", 900e9), ("  900   GB/s  ", 900e9), ("0.9 TB/s", 0.9e12), (".9 TB/s", 0.9e12),
    ("9e2 GB/s", 900e9), ("9E+2 GB/s", 900e9), ("9000e-1 GB/s", 900e9), ("+900 GB/s", 900e9), ("900. GB/s", 900e9),
    ("1 B/s", 1), ("1 kB/s", 1e3), ("1 MB/s", 1e6), ("1 PB/s", 1e15), ("1 EB/s", 1e18), ("1EB/s", 1e18),
    ("2e3EB/s", 2e21),
  ])
  func bandwidth(text: String, expected: Double) throws {
    #expect(try Bandwidth(parsing: text).value == expected)
  }

  @Test(arguments: [
    ("16 GB", 16e9), ("16 GiB", 17_179_869_184), ("6 MiB", 6_291_456), ("40 KiB", 40_960),
    ("1 TiB", 1_099_511_627_776), ("512 B", 512),
  ])
  func bytes(text: String, expected: Double) throws {
    #expect(try Bytes(parsing: text).value == expected)
  }

  @Test("Ki is 1024, as IEC 80000-13 writes it; \"kiB\" is neither prefix")
  func binaryKilo() throws {
    #expect(try Bytes(parsing: "1 KiB").value == 1024)
    #expect(throws: QuantityError.self) { try Bytes(parsing: "1 kiB") }
    #expect(throws: QuantityError.self) { try Bytes(parsing: "1 KB") }
  }

  @Test("operations of integer formats are OP/s, the others FLOP/s")
  func throughput() throws {
    #expect(try Throughput(parsing: "112 TFLOP/s").value == 112e12)
    #expect(try Throughput(parsing: "62 TOP/s").value == 62e12)
    #expect(throws: QuantityError.self) { try Throughput(parsing: "112 TFLOP") }
  }

  @Test("units are read as people write them")
  func spellings() throws {
    for text in ["112 TFLOPS", "112TFLOPs", "112 TFlops", "112 TFLOPs/s"] {
      #expect(try Throughput(parsing: text).value == 112e12)
    }
    #expect(try Throughput(parsing: "62 TOPS").value == 62e12)
    for text in ["900 GBps", "900 GB/sec", "900 GBytes/s"] { #expect(try Bandwidth(parsing: text).value == 900e9) }
    #expect(try Bytes(parsing: "16 GBytes").value == 16e9)
    #expect(try Seconds(parsing: "5 msec").value == 5 * 1e-3)
    #expect(try Power(parsing: "250 Watt").value == 250)
  }

  @Test(
    "only times and powers have parts of their unit: there are no millibytes",
    arguments: [
      ("ms", 1e-3), ("us", 1e-6), ("\u{B5}s", 1e-6), ("\u{3BC}s", 1e-6), ("ns", 1e-9), ("s", 1), ("ks", 1e3),
    ])
  func submultiples(unit: String, factor: Double) throws {
    #expect(try Seconds(parsing: "5 \(unit)").value == 5 * factor)
    #expect(try Power(parsing: "700 mW").value == 700 * 1e-3)
    #expect(throws: QuantityError.self) { try Bandwidth(parsing: "900 mB/s") }
    #expect(throws: QuantityError.self) { try Bytes(parsing: "5 nB") }
  }

  @Test(arguments: [
    "", " ", "GB/s", "nan GB/s", "NaN GB/s", "inf GB/s", "infinity GB/s", "0x10 GB/s", "1_000 GB/s", "1,000 GB/s",
    "1 000 GB/s", "1.2.3 GB/s", "--1 GB/s", "e5 GB/s", ". GB/s", "１００ GB/s", "٩٠٠ GB/s", "900\u{301} GB/s",
    "900\u{A0}GB/s", "900\tGB/s", "900 GB/s/s", "900 gb/s", "900 Gb/s", "900 Gbps", "900 GB", "900 GiB/s", "900 W",
    "900 GB/s please", "900 G B/s", "½ GB/s", "∞ GB/s", "900 GB/s\n",
  ])
  func refused(text: String) {
    #expect(throws: QuantityError.self) { try Bandwidth(parsing: text) }
  }

  @Test(
    "zero, negative and infinite amounts, also by underflow and overflow",
    arguments: [
      "0 GB/s", "-0 GB/s", "0.0 GB/s", "-900 GB/s", "1e308 GB/s", "1e309 B/s", "1e400 B/s", "-1e400 B/s", "1e-400 GB/s",
    ])
  func outOfRange(text: String) {
    let error = #expect(throws: QuantityError.self) { try Bandwidth(parsing: text) }
    #expect(
      error?.description
        == "expected a bandwidth such as \"900 GB/s\", greater than zero and finite, found \"\(text)\"")
  }

  @Test("an error says what was expected and what was found")
  func messages() {
    func message<Value: Quantity>(_ type: Value.Type, _ text: String) -> String? {
      #expect(throws: QuantityError.self) { try Value(parsing: text) }?.description
    }
    #expect(message(Bandwidth.self, "fast") == "expected a bandwidth such as \"900 GB/s\", found \"fast\"")
    #expect(message(Bytes.self, "16") == "expected an amount of memory such as \"16 GB\", found \"16\" without a unit")
    #expect(
      message(Throughput.self, "112 TFLOP")
        == "expected an arithmetic throughput such as \"112 TFLOP/s\", found the unit \"TFLOP\"")
    #expect(
      message(Bandwidth.self, "900 Gbps")
        == "expected a bandwidth such as \"900 GB/s\", found the unit \"Gbps\"; b is a bit, B a byte")
    #expect(message(Power.self, "250 kg") == "expected a power such as \"250 W\", found the unit \"kg\"")
  }
}
