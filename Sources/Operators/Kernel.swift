/// What kind of kernel runs an operator, with the sizes that real kernels cut their work by.
///
/// FLOPs and bytes alone bound the time; how near a machine comes to the bound depends on this.
package enum Kernel: Sendable, Hashable {
  /// A product [rows x inner].[inner x columns], cut into tiles of its output.
  case product(rows: Double, inner: Double, columns: Double)
  /// Attention in one kernel for sequences of many new tokens, in another for those of few over the cache.
  case attention(Attention)
  /// A step of eager attention of one new token over the cache: the longer the cache, the longer it takes.
  case cacheStep
  /// A norm of so many rows: sums over a row, between which its threads wait for each other.
  case normalization(NormKind, rows: Double)
  /// An activated gate times the other branch.
  case gate
  /// An activation function.
  case activation
  /// A rotation of queries and keys.
  case rotation
  /// A collective operation of several devices over their links.
  case collective(Transfer)
  /// Anything else: sums, copies, steps of eager attention.
  case other

  /// How attention is cut up: many new tokens of a sequence into tiles of queries by keys, while few stream the cache.
  package struct Attention: Sendable, Hashable {
    /// Tiles of many new tokens, in all heads and sequences.
    package var tiles: Double
    /// Tiles that some queries meet one after the other at most.
    package var longest: Double
    /// FLOPs of a tile.
    package var flopsPerTile: Double
    /// The share of what streams the cache: in the tokens, in the positions that are read, in the executed FLOPs.
    package var streamedTokens = 0.0, streamedPositions = 0.0, streamedWork = 0.0
    /// Tiles of few new tokens among themselves, where a sequence has several, and their share in the positions that
    /// are streamed.
    package var ownTiles = 0.0, ownShare = 0.0
  }

  /// Whether all of it streams the cache, so that it grows by the same amount with every new token.
  @inline(__always)
  package var streamsAlone: Bool {
    switch self {
    case .attention(let attention): attention.streamedTokens == 1
    case .cacheStep: true
    case .product, .normalization, .gate, .activation, .rotation, .collective, .other: false
    }
  }
}
