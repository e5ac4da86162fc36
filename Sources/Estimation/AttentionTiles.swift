internal import Operators

/// The tiles, some queries by some keys each, that kernels cut attention into.
struct AttentionTiles {
  /// Queries of a tile, and its keys.
  private static let side = 64.0

  /// FLOPs of one tile.
  let flops: Double
  /// Tiles of all heads and sequences together.
  let count: Double
  /// Tiles that some queries meet one after the other at most.
  let longest: Double

  /// The tiles of attention over whole sequences: all that a causal mask or a sliding window does not hide.
  init(_ shape: AttentionShape) {
    let blocks = Self.steps(shape.tokens)
    let earlier = (shape.context / Self.side).rounded(.up)
    // A tile of queries meets the keys of the context and of its own sequence, as far as a window reaches.
    longest = min(earlier + blocks, Self.steps(shape.window ?? .infinity))
    // So many of the first tiles of queries see all keys before them, each one tile of keys more than the last.
    let growing = max(0, min(blocks, longest - earlier))
    let met = growing * earlier + growing * (growing + 1) / 2 + (blocks - growing) * longest
    flops = 2 * (shape.headWidth + shape.valueWidth) * Self.side * Self.side
    count = shape.batch * shape.heads * (shape.causal ? met : blocks * longest)
  }

  /// The tiles of attention of some tokens to others.
  init(_ shape: CrossAttentionShape) {
    longest = Self.steps(shape.keyTokens)
    flops = 4 * shape.headWidth * Self.side * Self.side
    count = shape.batch * shape.heads * Self.steps(shape.queryTokens) * longest
  }

  /// Tiles side by side that so many tokens take.
  private static func steps(_ tokens: Double) -> Double { max(1, (tokens / side).rounded(.up)) }
}
