internal import Hardware
internal import Operators
internal import Quantities

extension ExpectedTime {
  /// A way in which NCCL moves the parts of a ring: small messages with flags among the data, large ones in whole chunks.
  private struct RingProtocol {
    /// What an operation takes before its first message.
    var start: Seconds
    /// What a message waits beyond the link's latency.
    var wait: Seconds
    /// The share of the bandwidth that collective operations reach at best.
    var share: Double
  }

  /// NCCL's own figures (github.com/NVIDIA/nccl at commit 01afd20, src/graph/tuning.cc: baseLat, hwLat, busBw) of its
  /// protocols LL, LL128 and Simple, whose messages take 0.47, 1.9 and 3.4 microseconds over NVLink; LL at the quarter of the
  /// bandwidth that sums get. Not fitted to measured times.
  private static let overNVLink = [
    RingProtocol(start: Seconds(3.6e-6), wait: .zero, share: 0.25),
    RingProtocol(start: Seconds(10e-6), wait: Seconds(1.43e-6), share: 0.92),
    RingProtocol(start: Seconds(8.4e-6), wait: Seconds(2.93e-6), share: 1),
  ]
  /// Over PCIe 1.0 and 5.7 microseconds; LL128 is not used there.
  private static let overPCIe = [
    RingProtocol(start: Seconds(3.6e-6), wait: .zero, share: 0.25),
    RingProtocol(start: Seconds(8.4e-6), wait: Seconds(4.7e-6), share: 1),
  ]
  /// The share of a link's bandwidth that the fastest protocol reaches: 235 of the A100's 300 GB/s, by the same source.
  private static let linkShare = 235.0 / 300

  /// A collective operation in the fastest protocol: its start, its messages' latencies, and its bytes.
  func collective(_ cost: Cost) -> Seconds {
    guard let link = hardware.interconnect?.value else { return .zero }
    let latency = hardware.linkLatency.value
    let protocols = latency < Seconds(1e-6) ? Self.overNVLink : Self.overPCIe
    return protocols.map {
      $0.start + (latency + $0.wait) * cost.messages + cost.sent / (link / 2 * (Self.linkShare * $0.share))
    }.min() ?? .zero
  }
}
