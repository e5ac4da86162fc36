public import Quantities

extension Accelerator {
  /// What a device is.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    case gpu, cpu, tpu, soc, accelerator
  }
}

/// A device that computes: dense peaks by number format, memory, links.
public struct Accelerator: Sendable, Hashable {
  /// The catalog name, for example `v100`.
  public var name: String
  /// The name in full.
  public var title: String
  /// Other names that the catalog finds it by.
  public var aliases: [String]
  /// Who makes it.
  public var vendor: String
  /// What it is.
  public var kind: Accelerator.Kind
  /// Which devices it behaves like.
  package var deviceClass: DeviceClass
  /// Whether that is known, and not a guess from figures that a user gives: ranges of engines' times are of known classes.
  package var isClassKnown: Bool
  /// Dense peaks of the matrix units; empty without such units.
  public var matrixPeaks: [NumberFormat: Figure<Throughput>]
  /// Dense peaks of the matrix units with sums in the format itself, of FP16 and FP8, where those are faster than sums in FP32:
  /// GPUs of desktops.
  public var halfSumPeaks: [NumberFormat: Figure<Throughput>]
  /// Peaks of the general arithmetic units; always has FP32.
  public var vectorPeaks: [NumberFormat: Figure<Throughput>]
  /// The rate of reading and writing memory, both together.
  public var bandwidth: Figure<Bandwidth>
  /// Memory capacity; nil where it depends on how the machine is fitted.
  public var capacity: Figure<Bytes>?
  /// The size of the cache in front of memory.
  public var lastLevelCache: Figure<Bytes>?
  /// The link to other devices, both directions together.
  public var interconnect: Figure<Bandwidth>?
  /// How many devices the links join in a full mesh, so that fewer devices use fewer of them; nil where a switch lets any
  /// number use all.
  public var mesh: Int?
  /// The time of a message on that link, however short it is; see `defaultLinkLatency`.
  public var linkLatency: Figure<Seconds>
  /// Rated power of the device.
  public var power: Figure<Power>?
  /// What it costs to rent, with the date in its source or note; nil where no price is known.
  public var pricePerHour: Figure<HourlyPrice>?
  /// What kernels reach of the peaks and of the bandwidth: measured, or what is typical of such devices.
  package var achieved: Achieved
  /// The rules of sense that it breaks, and why.
  package var exceptions: [Exception]
  /// Every document that a figure comes from.
  public var sources: [FigureSource]
  /// Disagreements between sources, variants, sustained clocks.
  public var notes: [String]

  /// The latency of a message where a file gives none: NCCL's of a step of its fastest ring over NVLink, 0.47
  /// microseconds (1.0 over PCIe): github.com/NVIDIA/nccl at commit 01afd20, src/graph/tuning.cc, hwLat.
  public static let defaultLinkLatency = Figure(
    Seconds(0.47e-6), stated: "0.47 us",
    sources: [
      FigureSource(
        key: "nccl",
        text: "github.com/NVIDIA/nccl at commit 01afd20, src/graph/tuning.cc, hwLat: ring, LL, NVLink; 1.0 us over PCIe"
      )
    ], note: "default")
}
