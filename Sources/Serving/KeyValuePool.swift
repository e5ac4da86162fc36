public import Documents
public import Hardware
public import Quantities

/// The key-value pool of an engine on one device.
public enum KeyValuePool {
  /// How many tokens it holds: what the share of the memory that the engine uses leaves beside the weights.
  ///
  /// - Throws: `Diagnostic` where the capacity is not known, or nothing is left.
  public static func tokens(
    on hardware: Accelerator, weights: Bytes, bytesPerToken: Double, utilization: Double
  ) throws(Diagnostic) -> Int {
    guard let capacity = hardware.capacity else {
      throw Diagnostic("the memory of \(hardware.name) is not known; say with --kv-tokens how many tokens it holds")
    }
    let bytes = capacity.value.value * utilization - weights.value
    guard bytes > 0 else {
      throw Diagnostic(
        "the weights, \(weights), leave no room for a key-value cache in the share \(utilization.shortest) of "
          + "\(capacity.value) of \(hardware.name)")
    }
    guard bytesPerToken > 0 else { return 1_000_000_000 }
    return Int(min(1e9, bytes / bytesPerToken))
  }
}
