internal import Hardware
internal import Operators
internal import Quantities

/// How an engine hands kernels to a device.
public enum Launch: Sendable, Hashable {
  /// One by one into a stream, ahead of time: whole prompts, no two of which are alike.
  case stream
  /// All at once as a recorded graph: steps of decoding, which are all alike.
  case graph

  /// From the end of a kernel to the start of the next one, while which the device idles: what NVIDIA measured on a V100,
  /// 3.8 and 3.4 microseconds from one start of a kernel of 2.9 to the next (Alan Gray, "Getting Started with CUDA
  /// Graphs", developer.nvidia.com/blog/cuda-graphs, 2019; read in others' notes of it, not in the original).
  fileprivate var gap: Seconds { self == .stream ? Seconds(0.9e-6) : Seconds(0.5e-6) }
}

extension ExpectedTime {
  /// What passes after the kernels of an operator until the next one's begin.
  ///
  /// Times of single kernels, to which `Achieved` was fitted, are without it (but for aiconfigurator's, which replays a
  /// graph: where figures rest on those, half a microsecond of it is counted twice). On devices without multiprocessors
  /// the overhead of a call covers it, in collective operations their start.
  func gap(after operation: Operator, _ cost: Cost) -> Seconds {
    guard hardware.achieved.multiprocessors != nil else { return .zero }
    return switch operation.kernel {
    case .collective: .zero
    case .overCache: launch.gap * cacheKernels(cost)
    case .product, .attention, .crossAttention, .normalization, .gate, .activation, .rotation, .other: launch.gap
    }
  }
}
