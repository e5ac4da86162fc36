internal import Operators

extension Operator {
  /// Cross-attention in one kernel (`prefix.core`) or step by step.
  static func crossAttention(
    _ prefix: String, _ shape: CrossAttentionShape, _ kernels: Kernels, quantizedOutput: Bool = false,
    holding: Double = 0
  ) -> [Operator] {
    switch kernels {
    case .fused:
      [.fusedCrossAttention("\(prefix).core", shape, quantizedOutput: quantizedOutput, holding: holding)]
    case .eager:
      eagerCrossAttention(prefix, shape, quantizedOutput: quantizedOutput, holding: holding)
    }
  }
}
