internal import Documents
public import Hardware

/// An engine that runs models: what it keeps of a device's memory, how long it takes, how it schedules.
public struct Engine: Sendable, Hashable {
  /// The catalog name, for example `vllm`.
  public var name: String
  /// The name in full, with the versions that the figures are of.
  public var title: String
  /// Other names that the catalog finds it by.
  public var aliases: [String]
  /// The devices that it is taken for where nobody names an engine.
  package var defaults: [DeviceClass]
  /// Whether it runs only on so many devices as divide heads and vocabulary; others are padded.
  package var needsWholeShares = false
  /// What it does with memory.
  package var memory: EngineMemory
  /// How long it takes; nil where nothing but kernels, as they were measured, takes time.
  package var times: EngineTimes?
  /// How it schedules requests; nil where that is not known.
  public var scheduling: Engine.Scheduling?
  /// Every document that a figure comes from.
  public var sources: [FigureSource]
  /// What is not measured, variants, disagreements between sources.
  public var notes: [String]
  /// What a user changed of it; its figures above are the changed ones.
  package var settings = EngineMemory.Settings()

  /// No engine: a request has all memory for itself, and nothing else is resident.
  public static let none = Engine(
    name: "none", title: "No engine", aliases: [], defaults: [], memory: EngineMemory(), times: nil, scheduling: nil,
    sources: [],
    notes: [])

  /// Devices of a kind, of one vendor or of any.
  public struct DeviceClass: Sendable, Hashable {
    /// What they are.
    public var kind: Accelerator.Kind
    /// Who makes them; nil for anybody.
    public var vendor: String?

    /// Devices of a kind, of one vendor where it is given.
    public init(kind: Accelerator.Kind, vendor: String? = nil) { (self.kind, self.vendor) = (kind, vendor) }

    /// How closely it describes a device: 0 not at all, 1 by its kind, 2 by its vendor as well.
    func closeness(to device: Accelerator) -> Int {
      guard kind == device.kind else { return 0 }
      guard let vendor else { return 1 }
      return vendor.spelling == device.vendor.spelling ? 2 : 0
    }
  }

  /// How closely the devices that it is taken for describe one; 0 where it is not taken for that device.
  func closeness(to device: Accelerator) -> Int { defaults.map { $0.closeness(to: device) }.max() ?? 0 }
}

extension [Engine] {
  /// The engine that is taken for a device where nobody names one: the one whose class of devices describes it most
  /// closely, of several the first; none where no class does.
  package func usual(for device: Accelerator) -> Engine {
    var best = (engine: Engine.none, closeness: 0)
    for engine in self {
      let closeness = engine.closeness(to: device)
      if closeness > best.closeness { best = (engine, closeness) }
    }
    return best.engine
  }
}
