internal import Operators
internal import Quantities

/// Kernels that compute little: norms, activations, rotations, sums.
extension Rates {
  /// Bytes per second that one multiprocessor of an A40 moves with such a kernel: so many as it keeps in flight during
  /// one memory latency (Little's law). Sums keep enough; kernels that load two bytes at a time do not.
  private func stream(_ kernel: Kernel) -> Double? {
    switch kernel {
    case .gate: KernelConstants.gateStream
    case .activation: KernelConstants.activationStream
    case .rotation: KernelConstants.rotationStream
    case .normalization, .product, .attention, .cacheStep, .collective, .other: nil
    }
  }

  /// The time that the multiprocessors' own streams take, beside the memory's. Weights of a norm are the same for all
  /// rows and stay in the cache; its threads wait for the sum over their row, which takes as long for one row as for all
  /// that multiprocessors work on at once.
  private func streamed(_ operation: Operator, _ bytes: Double) -> Double {
    let units = multiprocessors
    guard units > 0 else { return 0 }
    if case .normalization(let kind, let rows) = operation.kernel, rows > 0 {
      let atOnce = kind.isCentred ? KernelConstants.layerNormRowsAtOnce : KernelConstants.rmsNormRowsAtOnce
      let stream = kind.isCentred ? KernelConstants.layerNormStream : KernelConstants.rmsNormStream
      let row = (bytes - operation.moves.weights * widths.weight) / rows
      return (rows / units / atOnce).rounded(.up) * atOnce * row / stream
    }
    return stream(operation.kernel).map { bytes / units / ($0 * streams) } ?? 0
  }

  /// A kernel that computes little: what it moves, partly within the cache if it fits there.
  ///
  /// Operands were written by the step before: of 0.43 times the cache's size, all are still there; of 1.43 times,
  /// none.
  func elementwise(_ operation: Operator, _ bytes: Double) -> Double {
    var resident = 0.0
    if lastLevelCache > 0 { resident = min(max(KernelConstants.cacheReach - bytes / lastLevelCache, 0), 1) }
    let memory = bytes * elementwiseSecondsPerByte * (1 - resident * (1 - 1 / KernelConstants.cacheGain))
    return memory + streamed(operation, bytes) + elementwiseOverhead
  }

  /// A collective operation along a ring in the fastest of NCCL's protocols: its start, its messages' latencies, and its
  /// bytes. Not fitted to measured times.
  func collective(_ transfer: Transfer) -> Double {
    guard secondsPerSentByte > 0 else { return 0 }
    let bytes = transfer.ringElements * (transfer.areInputs ? widths.productInput : widths.activation)
    let isFast = linkLatency < KernelConstants.nvlinkLatencySeconds
    var best = Double.infinity
    for (index, start) in KernelConstants.ringStartSeconds.enumerated() {
      let wait = isFast ? KernelConstants.ringWaitSeconds[index] : KernelConstants.ringWaitPcieSeconds[index]
      let share = KernelConstants.linkShare * KernelConstants.ringShare[index]
      best = min(
        best, start + (linkLatency + wait) * transfer.messages + bytes * secondsPerSentByte / share)
    }
    return best
  }
}
