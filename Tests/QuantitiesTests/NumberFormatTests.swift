import Quantities
import Testing

@Suite("Number formats")
struct NumberFormatTests {
  @Test(arguments: [
    (NumberFormat.fp64, 64.0), (.fp32, 32), (.tf32, 32), (.fp16, 16), (.bf16, 16), (.fp8, 8), (.int8, 8), (.fp4, 4),
    (.int4, 4),
  ])
  func bits(format: NumberFormat, expected: Double) {
    #expect(format.bits == expected)
  }

  @Test func names() {
    #expect(
      NumberFormat.allCases.map(\.description) == [
        "FP64", "FP32", "TF32", "FP16", "BF16", "FP8", "FP4", "INT8", "INT4",
      ])
    #expect(NumberFormat.allCases.filter(\.isInteger) == [.int8, .int4])
  }
}
