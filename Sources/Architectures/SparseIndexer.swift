/// What picks the positions that attention works on, at most so many for every token (DeepSeek-V3.2, section 2.1).
///
/// Heads of its own score every position by one shared key that stands in the cache; a weight for each head, made of the
/// hidden state, sums them up.
package struct SparseIndexer: Sendable, Hashable {
  /// Heads of queries.
  package var heads: Int
  /// Width of a query and of the shared key.
  package var headWidth: Int
  /// The positions that a token attends to at most.
  package var positions: Int
  /// Whether it is that of a layer before, whose choice this layer shares: nothing is computed or kept here.
  package var isShared = false

  /// An indexer of the given sizes.
  package init(heads: Int, headWidth: Int, positions: Int) {
    (self.heads, self.headWidth, self.positions) = (heads, headWidth, positions)
  }
}
