/// What kind of kernel runs an operator, with the sizes that real kernels cut their work by.
///
/// FLOPs and bytes alone bound the time; how near a machine comes to the bound depends on this.
public enum Kernel: Sendable, Hashable {
  /// A product [rows x inner].[inner x columns], cut into tiles of its output.
  case product(rows: Double, inner: Double, columns: Double)
  /// Attention in one kernel, cut into tiles of queries.
  case attention(AttentionShape)
  /// Attention of some tokens to others in one kernel, cut alike.
  case crossAttention(CrossAttentionShape)
  /// A step of decoding over the cache, whose work grows by one position with every token: it streams the cache.
  case overCache(AttentionShape)
  /// A norm of so many rows: sums over a row, between which its threads wait for each other.
  case normalization(NormKind, rows: Double)
  /// An activated gate times the other branch.
  case gate
  /// An activation function.
  case activation
  /// A rotation of queries and keys.
  case rotation
  /// A collective operation of several devices over their links.
  case collective
  /// Anything else: sums, copies, steps of eager attention.
  case other
}
