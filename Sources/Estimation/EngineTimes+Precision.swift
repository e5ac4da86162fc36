package import Engines
internal import Hardware
package import Operators
internal import Quantities

extension EngineTimes {
  /// A precision as the engine stores it: its own bits of weights and head, where it says any, and its own cache, where
  /// nobody asked for another.
  package func stored(_ precision: Precision) -> Precision {
    guard let format = formats[precision.name] else { return precision }
    var stored = precision
    if let weights = format.weights { stored.weightBits = weights.value.value }
    if let head = format.head { stored.headBits = head.value.value }
    if let cache = format.cache, !precision.isCacheAsked, precision.cacheFormat != nil {
      stored = stored.caching(in: cache.format)
      stored.isCacheAsked = false
    }
    return stored
  }
}
