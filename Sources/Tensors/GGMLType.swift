/// How a tensor of a GGUF file is stored: blocks of so many numbers in so many bytes, scales included.
///
/// Source: ggml.h and ggml-common.h of github.com/ggml-org/llama.cpp; GGML_QUANT_SIZES of its Python package `gguf`.
package struct GGMLType: Sendable, Hashable {
  /// The name, for example `Q4_K`.
  package let name: String
  /// Numbers of a block.
  package let blockLength: Int
  /// Bytes of a block.
  package let blockBytes: Int

  /// The type of a number that stands in a file; nil for one that is not known.
  init?(_ number: UInt32) {
    guard let known = Self.all[number] else { return nil }
    (name, blockLength, blockBytes) = known
  }

  /// The bytes that numbers in `shape` take, whose first length counts those of a row; nil if that overflows or a row is
  /// no whole number of blocks.
  func byteCount(of shape: [Int]) -> Int? {
    guard let row = shape.first, row.isMultiple(of: blockLength) else { return shape.isEmpty ? blockBytes : nil }
    var total = row / blockLength
    for factor in shape.dropFirst() + [blockBytes] {
      let (product, overflow) = total.multipliedReportingOverflow(by: factor)
      if overflow { return nil }
      total = product
    }
    return total
  }

  // swift-format-ignore
  private static let all: [UInt32: (String, Int, Int)] = [
    0: ("F32", 1, 4), 1: ("F16", 1, 2), 2: ("Q4_0", 32, 18), 3: ("Q4_1", 32, 20), 6: ("Q5_0", 32, 22),
    7: ("Q5_1", 32, 24), 8: ("Q8_0", 32, 34), 9: ("Q8_1", 32, 40), 10: ("Q2_K", 256, 84), 11: ("Q3_K", 256, 110),
    12: ("Q4_K", 256, 144), 13: ("Q5_K", 256, 176), 14: ("Q6_K", 256, 210), 15: ("Q8_K", 256, 292),
    16: ("IQ2_XXS", 256, 66), 17: ("IQ2_XS", 256, 74), 18: ("IQ3_XXS", 256, 98), 19: ("IQ1_S", 256, 50),
    20: ("IQ4_NL", 32, 18), 21: ("IQ3_S", 256, 110), 22: ("IQ2_S", 256, 82), 23: ("IQ4_XS", 256, 136),
    24: ("I8", 1, 1), 25: ("I16", 1, 2), 26: ("I32", 1, 4), 27: ("I64", 1, 8), 28: ("F64", 1, 8),
    29: ("IQ1_M", 256, 56), 30: ("BF16", 1, 2), 31: ("Q4_0_4_4", 32, 18), 32: ("Q4_0_4_8", 32, 18),
    33: ("Q4_0_8_8", 32, 18), 34: ("TQ1_0", 256, 54), 35: ("TQ2_0", 256, 66), 36: ("IQ4_NL_4_4", 32, 18),
    37: ("IQ4_NL_4_8", 32, 18), 38: ("IQ4_NL_8_8", 32, 18), 39: ("MXFP4", 32, 17), 40: ("NVFP4", 64, 36), 41: ("Q1_0", 128, 18),
  ]
}
