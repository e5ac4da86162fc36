/// The shape of one layer's attention: over whole sequences, after a cache of earlier tokens, or of one token a step.
///
/// Scores and values together take 4 n^2 a d FLOPs per sequence: the full square, as torch's flop counter and papers
/// count, also where a causal mask hides half of it; after a cache of c tokens it is 4 n (c + n) a d. Under a sliding
/// window w a fused kernel computes n min(c + n, w) scores; eager kernels compute n scores with every key that any of
/// the n tokens sees, min(c, w - 1) + n, and mask most, which is what transformers does and torch counts.
public struct AttentionShape: Sendable, Hashable {
  /// Sequences.
  public var batch: Double
  /// Tokens of one sequence.
  public var tokens: Double
  /// Heads of queries.
  public var heads: Double
  /// Heads of keys and values; fewer than `heads` for grouped-query attention.
  public var kvHeads: Double
  /// Elements of a query or a key in one head.
  public var headWidth: Double
  /// Elements of a value in one head.
  public var valueWidth: Double
  /// Elements of a key that all heads share and that come from the cache (latent attention's rotated key).
  public var sharedKeyWidth: Double
  /// Positions that a token attends to at most; nil for no limit.
  public var window: Double?
  /// Whether keys and values come from the key-value cache.
  public var cached: Bool
  /// Whether a causal mask is added to the scores (a step of its own in eager kernels only).
  public var causal: Bool
  /// Whether scores are soft-capped.
  public var capped: Bool
  /// Tokens of one sequence that are in the cache already and are attended to as well.
  public var context: Double
  /// Whether it is a step of decoding: a token attends to a cache that grows from step to step.
  public var decodes: Bool
  /// Whether values are part of the keys and are not read a second time (absorbed latent attention).
  public var sharesValues = false

  /// The shape of one layer's attention; see the properties. Values are as wide as keys unless stated.
  public init(
    batch: Double, tokens: Double, heads: Double, kvHeads: Double, headWidth: Double, valueWidth: Double? = nil,
    sharedKeyWidth: Double = 0, window: Double? = nil, cached: Bool, causal: Bool, capped: Bool = false,
    context: Double = 0, decodes: Bool = false
  ) {
    self.batch = batch
    self.tokens = tokens
    self.heads = heads
    self.kvHeads = kvHeads
    self.headWidth = headWidth
    self.valueWidth = valueWidth ?? headWidth
    self.sharedKeyWidth = sharedKeyWidth
    self.window = window
    self.cached = cached
    self.causal = causal
    self.capped = capped
    self.context = context
    self.decodes = decodes
  }

  /// Elements of the queries.
  public var queries: Double { batch * tokens * heads * headWidth }
  /// Elements of the output.
  public var outputs: Double { batch * tokens * heads * valueWidth }
  /// Elements of the keys.
  public var keys: Double { batch * tokens * kvHeads * headWidth }
  /// Elements of the values.
  public var values: Double { batch * tokens * kvHeads * valueWidth }
  /// Positions that any token attends to: all, or those that the window of the first token begins with.
  public var reach: Double { min(context + tokens, (window ?? .infinity) + tokens - 1) }
  /// Elements of the score matrices of all heads.
  public var scores: Double { batch * heads * tokens * reach }
  /// Elements of the score matrices of all heads within the window.
  public var scoresInWindow: Double { batch * heads * tokens * min(context + tokens, window ?? .infinity) }

  /// The keys as a kernel reads them that finds every head's keys in one place.
  var gatheredKeys: Operand {
    let elements = batch * reach * kvHeads * headWidth
    return cached ? .readsCache(elements) : .reads(elements)
  }
  /// The keys as a kernel reads them that finds each head's own part and the shared part apart.
  var keyParts: [Operand] {
    guard sharedKeyWidth > 0 else { return [gatheredKeys] }
    return [
      .reads(batch * reach * kvHeads * (headWidth - sharedKeyWidth)), .readsCache(batch * reach * sharedKeyWidth),
    ]
  }
  /// The values as a kernel reads them.
  var readsValues: Operand {
    let elements = sharesValues ? 0 : batch * reach * kvHeads * valueWidth
    return cached ? .readsCache(elements) : .reads(elements)
  }
  /// The kernel of one step of eager attention.
  var stepKernel: Kernel { decodes ? .overCache(self) : .other }
}
