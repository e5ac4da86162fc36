package import Engines
internal import Hardware
package import Operators
internal import Quantities

extension EngineTimes {
  /// A precision as the engine stores it: its own bits of weights and head, where it says any.
  package func stored(_ precision: Precision) -> Precision {
    guard let format = formats[precision.name] else { return precision }
    var stored = precision
    stored.weightBits = format.weights.value.value
    if let head = format.head { stored.headBits = head.value.value }
    return stored
  }
}
