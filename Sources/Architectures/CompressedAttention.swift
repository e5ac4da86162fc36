/// Attention over a window and over entries that stand for many positions each (DeepSeek-V4): one key for all heads that is
/// the value too, queries by way of a latent, outputs of groups of heads by way of a latent each.
///
/// Every `rate` tokens become one entry, the mean of their values weighted by a softmax in every channel, over the tokens of
/// the entry before besides where they `overlap`. An indexer, where there is one, keeps entries of its own and picks at most
/// so many for every token. The block's `window` is that of plain positions, its `headWidth` that of queries and the key.
/// Source: modeling_deepseek_v4.py of transformers 5.24.0.
package struct CompressedAttention: Sendable, Hashable {
  /// Elements of the latent that queries are made of.
  package var queryRank: Int
  /// Groups of heads whose outputs are projected on their own, and elements of each group's latent.
  package var outputGroups, outputRank: Int
  /// Tokens of an entry; nil for a window alone.
  package var rate: Int?
  /// Whether an entry is made of the tokens of the one before, too.
  package var overlaps = false
  /// What picks the entries that attention works on; nil for all.
  package var indexer: SparseIndexer?

  /// Attention of the given sizes over a window alone.
  package init(queryRank: Int, outputGroups: Int, outputRank: Int) {
    (self.queryRank, self.outputGroups, self.outputRank) = (queryRank, outputGroups, outputRank)
  }

  /// Series of weighted values that a token makes: one for its own entry and one for the next where they overlap.
  var series: Double { overlaps ? 2 : 1 }

  /// Elements of an entry in the cache, with the indexer's beside it.
  func entryWidth(headWidth: Int) -> Double { Double(headWidth) + (indexer.map { Double($0.headWidth) } ?? 0) }

  /// Elements that a sequence keeps of tokens that are no whole entry yet: values and weights of the slots of one entry.
  func stateElements(headWidth: Int) -> Double {
    guard let rate else { return 0 }
    return 2 * series * Double(rate) * series * entryWidth(headWidth: headWidth)
  }
}
