extension Operator {
  /// Attention in one kernel (FlashAttention): reads Q, K and V once, writes the output; scores never reach memory.
  ///
  /// `quantizedOutput` says that the output feeds a quantised product.
  public static func fusedAttention(
    _ name: String, _ shape: AttentionShape, quantizedOutput: Bool, holding: Double = 0
  ) -> Operator {
    let scores = shape.scoresInWindow
    let perScore = VectorWork.softmax + (shape.capped ? VectorWork.cap : 0)
    return Operator(
      name, flops: 2 * scores * (shape.headWidth + shape.valueWidth), vectorFLOPs: perScore * scores,
      kernel: shape.decodes ? .overCache(shape) : .attention(shape),
      operands: [.reads(shape.queries)] + shape.keyParts
        + [shape.readsValues, quantizedOutput ? .writesInput(shape.outputs) : .writes(shape.outputs)],
      holding: holding)
  }

  /// Attention step by step, every step reading and writing memory, the n x n scores of all heads included.
  ///
  /// `prefix` begins the names: `attention` gives `attention.scores`, `.scale`, `.mask`, `.softmax`, `.values`.
  /// `holding` counts what stays alive besides queries, keys and values.
  public static func eagerAttention(
    _ prefix: String, _ shape: AttentionShape, quantizedOutput: Bool, holding: Double = 0
  ) -> [Operator] {
    let scores = shape.scores
    // The queries are no longer needed once scores exist; uncached keys and values are activations that stay.
    let values = holding + (shape.cached ? 0 : shape.batch * shape.reach * shape.kvHeads * shape.valueWidth)
    func step(_ name: String, flopsPerScore: Double, reading extra: Double = 0) -> Operator {
      Operator(
        "\(prefix).\(name)", vectorFLOPs: flopsPerScore * scores, kernel: shape.stepKernel,
        operands: [.reads(scores + extra), .writes(scores)], holding: values)
    }
    var steps = [
      Operator(
        "\(prefix).scores", flops: 2 * scores * shape.headWidth, kernel: shape.stepKernel,
        operands: [.reads(shape.queries), shape.gatheredKeys, .writes(scores)], holding: values),
      step("scale", flopsPerScore: VectorWork.scale),
    ]
    if shape.capped { steps.append(step("cap", flopsPerScore: VectorWork.cap)) }
    if shape.causal {
      // One mask of n x (c + n) per sequence, shared by its heads.
      steps.append(
        step("mask", flopsPerScore: VectorWork.add, reading: shape.batch * shape.tokens * shape.reach))
    }
    steps.append(step("softmax", flopsPerScore: VectorWork.softmax))
    steps.append(
      Operator(
        "\(prefix).values", flops: 2 * scores * shape.valueWidth, kernel: shape.stepKernel,
        operands: [
          .reads(scores), shape.readsValues,
          quantizedOutput ? .writesInput(shape.outputs) : .writes(shape.outputs),
        ],
        holding: holding))
    return steps
  }

  /// Rotary position embedding of queries and keys; the rotated keys go to the cache.
  ///
  /// `width` says how many elements of a head are rotated, nil all of them. Queries are rotated in place, only that part moving; keys
  /// move whole, as they go to another place.
  public static func rotary(
    _ name: String, _ shape: AttentionShape, width: Double? = nil, holding: Double = 0
  ) -> Operator {
    let part = width.map { $0 / shape.headWidth } ?? 1
    return rotary(
      name, queries: part * shape.queries, keys: shape.keys, rotatedKeys: part * shape.keys, cached: shape.cached,
      holding: holding + (shape.queries - part * shape.queries))
  }

  /// Rotary position embedding of so many elements of queries and keys, of which `rotatedKeys` (or all) are rotated.
  ///
  /// The table of sines and cosines is small and stays on chip: it is not counted.
  public static func rotary(
    _ name: String, queries: Double, keys: Double, rotatedKeys: Double? = nil, cached: Bool, holding: Double = 0
  ) -> Operator {
    Operator(
      name, vectorFLOPs: VectorWork.rotary * (queries + (rotatedKeys ?? keys)), kernel: .rotation,
      operands: [
        .reads(queries), .reads(keys), .writes(queries), cached ? .writesCache(keys) : .writes(keys),
      ],
      holding: holding)
  }
}
