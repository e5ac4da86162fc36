/// The shape of one layer's attention of some tokens to others: learned queries to an image's tokens, text to images.
///
/// Scores and values together take 4 q k a d FLOPs per sequence, of q queries, k keys, a heads of width d.
public struct CrossAttentionShape: Sendable, Hashable {
  /// Sequences or images, which do not attend to each other.
  public var batch: Double
  /// Tokens of one sequence that attend.
  public var queryTokens: Double
  /// Tokens of one sequence that are attended to.
  public var keyTokens: Double
  /// Heads of queries, keys and values alike.
  public var heads: Double
  /// Elements of a query, key or value in one head.
  public var headWidth: Double
  /// Whether keys and values come from a cache.
  public var cached: Bool
  /// Whether a mask over queries and keys is added to the scores (a step of its own in eager kernels only).
  public var masked: Bool

  /// The shape of one layer's cross-attention; see the properties.
  public init(
    batch: Double, queryTokens: Double, keyTokens: Double, heads: Double, headWidth: Double, cached: Bool = false,
    masked: Bool = false
  ) {
    self.batch = batch
    self.queryTokens = queryTokens
    self.keyTokens = keyTokens
    self.heads = heads
    self.headWidth = headWidth
    self.cached = cached
    self.masked = masked
  }

  /// Elements of the queries, and of the output.
  public var queries: Double { batch * queryTokens * heads * headWidth }
  /// Elements of the keys, and of the values.
  public var keys: Double { batch * keyTokens * heads * headWidth }
  /// Elements of the score matrices of all heads.
  public var scores: Double { batch * heads * queryTokens * keyTokens }

  /// The keys, or the values, as a kernel reads them.
  var readsKeys: Operand { cached ? .readsCache(keys) : .reads(keys) }
}
