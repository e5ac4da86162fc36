/// What kind of kernel runs an operator, with the sizes that real kernels cut their work by.
///
/// FLOPs and bytes alone bound the time; how near a machine comes to the bound depends on this.
public enum Kernel: Sendable, Hashable {
  /// A product [rows x inner].[inner x columns], cut into tiles of its output.
  case product(rows: Double, inner: Double, columns: Double)
  /// Attention in one kernel, cut into tiles of queries by keys.
  case attention(Tiles)
  /// Attention of few new tokens over the cache, which it streams: the longer the cache, the longer it takes.
  case overCache(CacheStream)
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

  /// Tiles of attention of all heads and sequences.
  public struct Tiles: Sendable, Hashable {
    /// How many there are.
    public var count: Double
    /// FLOPs of one.
    public var flops: Double
    /// Tiles that some queries meet one after the other at most.
    public var longest: Double
  }

  /// How attention streams the cache.
  public struct CacheStream: Sendable, Hashable {
    /// Kernels that run: a fused one and another that combines its parts, or a step of eager attention.
    public var kernels: Double
    /// What the new tokens of a sequence are among themselves, where there are several.
    public var own: Tiles
    /// The share of those in the keys and values that are read.
    public var ownShare: Double
  }
}
