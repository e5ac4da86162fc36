/// The type of a stored number, named as in the safetensors format.
///
/// Every type of the format is known by its size, so that the offsets of a file can be checked whatever it holds;
/// reading is for F32, F16, BF16 and I32.
package enum ElementType: String, CaseIterable, Sendable {
  case float4 = "F4"
  case float6e2m3 = "F6_E2M3"
  case float6e3m2 = "F6_E3M2"
  case bool = "BOOL"
  case uint8 = "U8"
  case int8 = "I8"
  case float8e5m2 = "F8_E5M2"
  case float8e4m3 = "F8_E4M3"
  case float8e8m0 = "F8_E8M0"
  case int16 = "I16"
  case uint16 = "U16"
  case float16 = "F16"
  case bfloat16 = "BF16"
  case int32 = "I32"
  case uint32 = "U32"
  case float32 = "F32"
  case int64 = "I64"
  case uint64 = "U64"
  case float64 = "F64"
  case complex64 = "C64"

  /// The size of one number in bits.
  var bits: Int {
    switch self {
    case .float4: 4
    case .float6e2m3, .float6e3m2: 6
    case .bool, .uint8, .int8, .float8e5m2, .float8e4m3, .float8e8m0: 8
    case .int16, .uint16, .float16, .bfloat16: 16
    case .int32, .uint32, .float32: 32
    case .int64, .uint64, .float64, .complex64: 64
    }
  }

  /// The bytes that numbers in `shape` take, or nil if that overflows or is no whole number of bytes.
  func byteCount(of shape: [Int]) -> Int? {
    var total = bits
    for length in shape {
      let (product, overflow) = total.multipliedReportingOverflow(by: length)
      if overflow { return nil }
      total = product
    }
    return total.isMultiple(of: 8) ? total / 8 : nil
  }
}
