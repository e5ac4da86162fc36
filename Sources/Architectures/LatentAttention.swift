/// The projections of multi-head latent attention (DeepSeek-V2, arXiv:2405.04434, section 2.1).
///
/// Keys and values of all heads are made of one latent of `rank` elements a token, and all heads share one rotated
/// key; only these two are cached. Many new tokens expand them to keys and values of every head, few absorb the matrix
/// that does so. The block's `headWidth` is that of the expanded queries and keys, its `rotaryWidth` the rotated part.
package struct LatentAttention: Sendable, Hashable {
  /// Elements of the latent that queries are made of, or nil if they are made of the hidden state at once.
  package var queryRank: Int?
  /// Elements of the latent that keys and values are made of.
  package var rank: Int
  /// Elements of the rotated key that all heads share.
  package var rotaryWidth: Int
  /// Width of one head's values.
  package var valueWidth: Int

  /// The projections of the given sizes.
  package init(queryRank: Int?, rank: Int, rotaryWidth: Int, valueWidth: Int) {
    self.queryRank = queryRank
    self.rank = rank
    self.rotaryWidth = rotaryWidth
    self.valueWidth = valueWidth
  }

  /// Elements of one token in the cache.
  var cacheWidth: Int { rank + rotaryWidth }

  /// Columns of the product that expands the latent: keys without their rotated part, and values, of all heads.
  func expandedWidth(heads: Int, headWidth: Int) -> Double {
    Double(heads) * (Double(headWidth) - Double(rotaryWidth) + Double(valueWidth))
  }

  /// Whether it takes fewer FLOPs to compute attention over the latents themselves, queries absorbing the matrix that would
  /// expand them.
  ///
  /// Expanding costs 2 rank (nope + value) FLOPs a head for every position of the context more than absorbing does for
  /// the new tokens; each pair that attends costs 2 (2 rank + rotary - head width - value width) more when absorbed.
  func isAbsorbed(_ group: Pass.Group, headWidth: Int) -> Bool {
    let (tokens, context) = (Double(group.newTokens), Double(group.context))
    let (rank, rotary, value) = (Double(rank), Double(rotaryWidth), Double(valueWidth))
    let nope = Double(headWidth) - rotary
    let pairs = tokens * context + tokens * (tokens + 1) / 2
    return rank * (nope + value) * context > (2 * rank + rotary - Double(headWidth) - value) * pairs
  }
}
