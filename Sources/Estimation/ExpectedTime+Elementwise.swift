internal import Hardware
internal import Operators
internal import Quantities

/// Kernels that compute little: norms, activations, rotations, sums.
extension ExpectedTime {
  /// What the last-level cache speeds reading and writing up by.
  private static let cacheGain = 1.4
  /// So many times the cache's size none of it is left there; one time less, all.
  private static let cacheReach = 1.43

  /// Bytes per second that one multiprocessor moves with such a kernel: so many as it keeps in flight during one
  /// memory latency (Little's law). Sums keep enough; kernels that load two bytes at a time do not. A device reaches
  /// `Achieved.elementwise.peak` of these: its clock and its memory's latency decide.
  private static func stream(_ kernel: Kernel) -> Double? {
    switch kernel {
    case .gate: 42e9
    case .activation: 100e9
    case .rotation: 33.7e9
    case .normalization, .product, .attention, .overCache, .crossAttention, .collective, .other: nil
    }
  }

  /// A norm's threads wait for the sum over their row, which takes as long for one row as for all that multiprocessors
  /// work on at once: of their 2048 threads vLLM's plain RMS norm (csrc/layernorm_kernels.cu at 0112cf2) gives a row
  /// 1024, torch's layer norm 128 (ATen/native/cuda/layer_norm_kernel.cu).
  private static func norm(_ kind: NormKind) -> (rowsAtOnce: Double, stream: Double) {
    kind == .rms ? (2, 15.1e9) : (16, 38.3e9)
  }

  /// The time that the multiprocessors' own streams take, beside the memory's. Weights of a norm are the same for all
  /// rows and stay in the cache.
  private func streamed(_ kernel: Kernel, _ traffic: Traffic) -> Double {
    guard let units = hardware.achieved.multiprocessors else { return 0 }
    if case .normalization(let kind, let rows) = kernel, rows > 0 {
      let norm = Self.norm(kind)
      let row = (traffic.total - traffic.weights).value / rows
      return (rows / units / norm.rowsAtOnce).rounded(.up) * norm.rowsAtOnce * row / norm.stream
    }
    return Self.stream(kernel).map { traffic.total.value / units / ($0 * hardware.achieved.elementwise.peak) } ?? 0
  }

  /// A kernel that computes little: what it moves, partly within the cache if it fits there.
  ///
  /// Operands were written by the step before: of 0.43 times the cache's size, all are still there; of 1.43 times,
  /// none.
  func elementwise(_ kernel: Kernel, _ cost: Cost) -> Seconds {
    let rate = hardware.achieved.elementwise
    let bytes = cost.traffic.total.value
    var resident = 0.0
    if let cache = hardware.lastLevelCache?.value.value { resident = min(max(Self.cacheReach - bytes / cache, 0), 1) }
    let memory = bytes / (hardware.bandwidth.value.value * rate.bandwidth) * (1 - resident * (1 - 1 / Self.cacheGain))
    return Seconds(memory + streamed(kernel, cost.traffic)) + rate.overhead
  }
}
