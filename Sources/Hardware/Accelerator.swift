public import Quantities

/// What a device is.
public enum DeviceKind: String, Sendable, Hashable, CaseIterable {
  case gpu, cpu, tpu, soc, accelerator
}

/// A device that computes: dense peaks by number format, memory, links.
public struct Accelerator: Sendable, Hashable {
  /// The catalog name, for example `v100`.
  public var name: String
  /// The name in full.
  public var title: String
  public var aliases: [String]
  public var vendor: String
  public var kind: DeviceKind
  /// Dense peaks of the matrix units; empty without such units.
  public var matrixPeaks: [NumberFormat: Figure<Throughput>]
  /// Peaks of the general arithmetic units; always has FP32.
  public var vectorPeaks: [NumberFormat: Figure<Throughput>]
  public var bandwidth: Figure<Bandwidth>
  /// Memory capacity; nil where it depends on how the machine is fitted.
  public var capacity: Figure<Bytes>?
  public var lastLevelCache: Figure<Bytes>?
  /// The link to other devices, both directions together.
  public var interconnect: Figure<Bandwidth>?
  public var power: Figure<Power>?
  /// Every document that a figure comes from.
  public var sources: [Source]
  /// Disagreements between sources, variants, sustained clocks.
  public var notes: [String]
}
