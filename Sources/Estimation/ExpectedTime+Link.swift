internal import Hardware
internal import Operators
internal import Quantities

extension ExpectedTime {
  /// The share of a link's bandwidth that collective operations reach, and the time that one takes to begin: NCCL's own
  /// figures for the A100, 235 of 300 GB/s, and for its fastest ring, 3.6 microseconds
  /// (github.com/NVIDIA/nccl at commit 01afd20, src/graph/tuning.cc, busBw and baseLat). Not fitted to measured times.
  private static let linkShare = 235.0 / 300
  private static let start = 3.6e-6

  /// A collective operation: its start, its messages' latencies, and its bytes.
  func collective(_ cost: Cost) -> Seconds {
    guard let link = hardware.interconnect?.value else { return .zero }
    return cost.sent / (link / 2 * Self.linkShare) + hardware.linkLatency.value * cost.messages + Seconds(Self.start)
  }
}
