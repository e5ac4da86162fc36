/// The shape of one layer's attention over whole sequences (prefill and encoders).
///
/// Scores and values together take 4 n^2 a d FLOPs per sequence: the full square, as torch's flop counter and papers
/// count, also where a causal mask hides half of it.
public struct AttentionShape: Sendable, Hashable {
  /// Sequences.
  public var batch: Double
  /// Tokens of one sequence.
  public var tokens: Double
  /// Heads of queries.
  public var heads: Double
  /// Heads of keys and values; fewer than `heads` for grouped-query attention.
  public var kvHeads: Double
  /// Elements of a query, a key or a value in one head.
  public var headWidth: Double
  /// Whether keys and values come from the key-value cache.
  public var cached: Bool
  /// Whether a causal mask is added to the scores (a step of its own in eager kernels only).
  public var causal: Bool

  /// The shape of one layer's attention; see the properties.
  public init(
    batch: Double, tokens: Double, heads: Double, kvHeads: Double, headWidth: Double, cached: Bool, causal: Bool
  ) {
    self.batch = batch
    self.tokens = tokens
    self.heads = heads
    self.kvHeads = kvHeads
    self.headWidth = headWidth
    self.cached = cached
    self.causal = causal
  }

  /// Elements of the queries, and of the output.
  public var queries: Double { batch * tokens * heads * headWidth }
  /// Elements of the keys, and of the values.
  public var keys: Double { batch * tokens * kvHeads * headWidth }
  /// Elements of the score matrices of all heads.
  public var scores: Double { batch * heads * tokens * tokens }

  fileprivate var readsKeys: Operand { cached ? .readsCache(keys) : .reads(keys) }
  fileprivate var halfFLOPs: Double { 2 * scores * headWidth }
}

extension Operator {
  /// Attention in one kernel (FlashAttention): reads Q, K and V once, writes the output; scores never reach memory.
  ///
  /// `quantizedOutput` says that the output feeds a quantised product.
  public static func fusedAttention(
    _ name: String, _ shape: AttentionShape, quantizedOutput: Bool, holding: Double = 0
  ) -> Operator {
    Operator(
      name, flops: 2 * shape.halfFLOPs, vectorFLOPs: VectorWork.softmax * shape.scores, kernel: .attention(shape),
      operands: [
        .reads(shape.queries), shape.readsKeys, shape.readsKeys,
        quantizedOutput ? .writesInput(shape.queries) : .writes(shape.queries),
      ],
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
    let values = holding + (shape.cached ? 0 : shape.keys)
    func step(_ name: String, flopsPerScore: Double, reading extra: Double = 0) -> Operator {
      Operator(
        "\(prefix).\(name)", vectorFLOPs: flopsPerScore * scores,
        operands: [.reads(scores + extra), .writes(scores)], holding: values)
    }
    var steps = [
      Operator(
        "\(prefix).scores", flops: shape.halfFLOPs,
        operands: [.reads(shape.queries), shape.readsKeys, .writes(scores)], holding: values),
      step("scale", flopsPerScore: VectorWork.scale),
    ]
    if shape.causal {
      // One mask of n x n per sequence, shared by its heads.
      steps.append(
        step("mask", flopsPerScore: VectorWork.add, reading: shape.batch * shape.tokens * shape.tokens))
    }
    steps.append(step("softmax", flopsPerScore: VectorWork.softmax))
    steps.append(
      Operator(
        "\(prefix).values", flops: shape.halfFLOPs,
        operands: [
          .reads(scores), shape.readsKeys,
          quantizedOutput ? .writesInput(shape.queries) : .writes(shape.queries),
        ],
        holding: holding))
    return steps
  }

  /// Rotary position embedding of queries and keys; the rotated keys go to the cache.
  ///
  /// The table of sines and cosines is small and stays on chip: it is not counted.
  public static func rotary(_ name: String, _ shape: AttentionShape, holding: Double = 0) -> Operator {
    Operator(
      name, vectorFLOPs: VectorWork.rotary * (shape.queries + shape.keys), kernel: .rotation,
      operands: [
        .reads(shape.queries), .reads(shape.keys), .writes(shape.queries),
        shape.cached ? .writesCache(shape.keys) : .writes(shape.keys),
      ],
      holding: holding)
  }
}
