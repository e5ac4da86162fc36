/// The sizes of one layer's attention that no pass changes: of tokens to each other and to a cache, or to others.
package struct AttentionShape: Sendable, Hashable {
  /// Heads of queries.
  package var heads: Double
  /// Heads of keys and values; fewer than `heads` for grouped-query attention.
  package var kvHeads: Double
  /// Elements of a query or a key in one head.
  package var headWidth: Double
  /// Elements of a value in one head.
  package var valueWidth: Double
  /// Elements of a key that all heads share and that come from the cache (latent attention's rotated key).
  package var sharedKeyWidth: Double
  /// Whether keys and values come from the key-value cache.
  package var cached: Bool
  /// Whether a mask is added to the scores (a step of its own in eager kernels only).
  package var masked: Bool
  /// Whether scores are soft-capped.
  package var capped: Bool
  /// Whether values are part of the keys and are not read a second time (absorbed latent attention).
  package var sharesValues = false
  /// Whether every head has a learned logit that takes part in the softmax.
  package var hasSinks = false

  /// The sizes of one layer's attention; see the properties. Values are as wide as keys, and every head of queries has
  /// keys of its own, unless stated.
  package init(
    heads: Double, kvHeads: Double? = nil, headWidth: Double, valueWidth: Double? = nil, sharedKeyWidth: Double = 0,
    cached: Bool = false, masked: Bool = false, capped: Bool = false
  ) {
    self.heads = heads
    self.kvHeads = kvHeads ?? heads
    self.headWidth = headWidth
    self.valueWidth = valueWidth ?? headWidth
    self.sharedKeyWidth = sharedKeyWidth
    self.cached = cached
    self.masked = masked
    self.capped = capped
  }

  /// The absorbed form of latent attention (DeepSeek-V2, arXiv:2405.04434, section 2.1.2).
  ///
  /// Queries are multiplied by the matrix that would expand the latent to keys, so that all heads share one key, the
  /// latent of `rank` elements beside the rotated key of `rotary`, and one value, the latent itself.
  package func absorbed(rank: Double, rotary: Double) -> AttentionShape {
    var copy = self
    copy.kvHeads = 1
    copy.headWidth = rank + rotary
    copy.valueWidth = rank
    copy.sharedKeyWidth = 0
    copy.cached = true
    copy.sharesValues = true
    return copy
  }
}
