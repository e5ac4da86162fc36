/// A number format that arithmetic units compute in.
public enum NumberFormat: String, Sendable, Hashable, CaseIterable, CustomStringConvertible {
  case fp64, fp32, tf32, fp16, bf16, fp8, fp4, int8, int4

  /// Bits of one number; TF32 is stored in 32.
  public var bits: Double {
    switch self {
    case .fp64: 64
    case .fp32, .tf32: 32
    case .fp16, .bf16: 16
    case .fp8, .int8: 8
    case .fp4, .int4: 4
    }
  }

  /// Whether the format is an integer format, whose rate is written in OP/s instead of FLOP/s.
  public var isInteger: Bool { self == .int8 || self == .int4 }

  /// The name as it is printed, for example `FP16`.
  public var description: String { rawValue.uppercased() }
}
