public import Quantities

/// Bytes that are resident at the peak of a request; not to be confused with traffic, the bytes that are moved.
///
/// Of several devices they are those of the one that holds most.
public struct Footprint: Sendable, Hashable {
  /// All weights of all parts.
  public var weights: Bytes
  /// The key-value cache at the end of the request.
  public var cache: Bytes
  /// The largest set of live activations.
  public var activations: Bytes

  /// The sum.
  public var total: Bytes { weights + cache + activations }
}
