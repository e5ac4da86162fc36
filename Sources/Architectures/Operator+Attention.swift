internal import Operators

extension Operator {
  /// Attention in one kernel (`core` of a part) or step by step.
  static func attention(
    _ part: StaticString, _ shape: AttentionShape, _ sums: AttentionSums, _ kernels: Accounting.Kernels,
    quantizedOutput: Bool = false, holding: Double = 0, to list: inout OperatorList
  ) {
    switch kernels {
    case .fused:
      list.add(
        .fusedAttention(
          Operator.Name(part, "core"), shape, sums, quantizedOutput: quantizedOutput, holding: holding))
    case .eager:
      eagerAttention(part, shape, sums, quantizedOutput: quantizedOutput, holding: holding, to: &list)
    }
  }
}
