public import Quantities

/// Bytes that are resident at the peak of a request; not to be confused with traffic, the bytes that are moved.
///
/// Of several devices they are those of the one that holds most.
public struct Footprint: Sendable, Hashable {
  /// All weights of all parts.
  public var weights: Bytes
  /// The key-value cache at the end of the request.
  public var cache: Bytes
  /// The largest set of live activations, or what an engine sets aside for it.
  public var activations: Bytes
  /// What is resident beside tensors: an engine's context and buffers.
  public var reserved: Bytes

  /// The given bytes.
  package init(weights: Bytes, cache: Bytes, activations: Bytes, reserved: Bytes = .zero) {
    (self.weights, self.cache, self.activations, self.reserved) = (weights, cache, activations, reserved)
  }

  /// The sum.
  public var total: Bytes { weights + cache + activations + reserved }
}
