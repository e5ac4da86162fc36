import Operators
import Quantities
import Testing

@Suite("Precisions")
struct PrecisionTests {
  // Name; bits of quantised weights, of their products' inputs, of all else; the formats that compute.
  @Test(arguments: [
    (Precision.fp32, "fp32", 32.0, 32.0, 32.0, NumberFormat.fp32, NumberFormat.fp32),
    (.fp16, "fp16", 16, 16, 16, .fp16, .fp16), (.bf16, "bf16", 16, 16, 16, .bf16, .bf16),
    (.fp8, "fp8", 8, 8, 16, .fp8, .fp16), (.int8, "int8", 8, 8, 16, .int8, .fp16),
    (.w8a16, "w8a16", 8, 16, 16, .fp16, .fp16), (.int4, "int4", 4.15625, 16, 16, .fp16, .fp16),
    (.w4a4, "w4a4", 4.15625, 4, 16, .int4, .fp16), (.w4a8, "w4a8", 4.15625, 8, 16, .int8, .fp16),
    // 32 bits for 128 x 128 weights; 8 for 16; 8 for 32.
    (.fp8Block, "fp8block", 8.001953125, 8, 16, .fp8, .fp16), (.fp4, "fp4", 4.5, 4.5, 16, .fp4, .fp16),
    (.mxfp4, "mxfp4", 4.25, 16, 16, .fp16, .fp16),
  ])
  func table(
    precision: Precision, name: String, weights: Double, inputs: Double, rest: Double, product: NumberFormat,
    other: NumberFormat
  ) {
    #expect(precision.name == name)
    #expect(precision.weightBits == weights)
    #expect(precision.productInputBits == inputs)
    #expect(precision.unquantizedWeightBits == rest)
    #expect(precision.activationBits == rest)
    #expect(precision.cacheBits == rest)
    #expect(precision.productFormat == product)
    #expect(precision.format == other)
  }

  @Test("every precision is listed once")
  func names() {
    let names = ["fp32", "fp16", "bf16", "fp8", "fp8block", "int8", "w8a16", "int4", "w4a8", "w4a4", "fp4", "mxfp4"]
    #expect(Precision.all.map(\.name) == names)
  }

  @Test("the parts that are never quantised keep the format")
  func unquantized() {
    for precision in [Precision.fp8, .int8, .w8a16, .int4, .w4a4] {
      #expect(precision.unquantized.weightBits == 16)
      #expect(precision.unquantized.productInputBits == 16)
      #expect(precision.unquantized.productFormat == .fp16)
    }
    #expect(Precision.fp32.unquantized.weightBits == 32)
    var narrowCache = Precision.fp16
    narrowCache.cacheBits = 8
    #expect(narrowCache.unquantized.cacheBits == 8)
  }
}
