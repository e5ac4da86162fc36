extension Operator {
  /// Cross-attention in one kernel: reads queries, keys and values once, writes the output.
  ///
  /// `quantizedOutput` says that the output feeds a quantised product.
  public static func fusedCrossAttention(
    _ name: String, _ shape: CrossAttentionShape, quantizedOutput: Bool = false, holding: Double = 0
  ) -> Operator {
    Operator(
      name, flops: 4 * shape.scores * shape.headWidth, vectorFLOPs: VectorWork.softmax * shape.scores,
      operands: [
        .reads(shape.queries), shape.readsKeys, shape.readsKeys,
        quantizedOutput ? .writesInput(shape.queries) : .writes(shape.queries),
      ],
      holding: holding)
  }

  /// Cross-attention step by step, every step reading and writing memory, the scores of all heads included.
  ///
  /// `prefix` begins the names, as in `eagerAttention`. `holding` counts what stays alive besides queries, keys and
  /// values.
  public static func eagerCrossAttention(
    _ prefix: String, _ shape: CrossAttentionShape, quantizedOutput: Bool = false, holding: Double = 0
  ) -> [Operator] {
    let scores = shape.scores
    let values = holding + (shape.cached ? 0 : shape.keys)
    func step(_ name: String, flopsPerScore: Double, reading extra: Double = 0) -> Operator {
      Operator(
        "\(prefix).\(name)", vectorFLOPs: flopsPerScore * scores,
        operands: [.reads(scores + extra), .writes(scores)], holding: values)
    }
    let product = 2 * scores * shape.headWidth
    let mask = shape.batch * shape.queryTokens * shape.keyTokens
    return [
      Operator(
        "\(prefix).scores", flops: product, operands: [.reads(shape.queries), shape.readsKeys, .writes(scores)],
        holding: values),
      step("scale", flopsPerScore: VectorWork.scale),
    ] + (shape.masked ? [step("mask", flopsPerScore: VectorWork.add, reading: mask)] : []) + [
      step("softmax", flopsPerScore: VectorWork.softmax),
      Operator(
        "\(prefix).values", flops: product,
        operands: [
          .reads(scores), shape.readsKeys,
          quantizedOutput ? .writesInput(shape.queries) : .writes(shape.queries),
        ],
        holding: holding),
    ]
  }
}
