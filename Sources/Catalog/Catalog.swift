public import Architectures
internal import Configurations
public import Documents
public import Engines
public import Hardware

/// The models, devices and engines that are known by name: the user's own folders first, then those built into the
/// program.
public struct Catalog: Sendable {
  /// A kind of catalog file.
  public enum Kind: String, Sendable, CaseIterable {
    case hardware
    case models
    case engines

    /// One of the kind, for error messages.
    var singular: String {
      switch self {
      case .hardware: "hardware"
      case .models: "model"
      case .engines: "engine"
      }
    }

    /// The files that the program was built with.
    var embedded: [(name: String, text: String)] {
      switch self {
      case .hardware: EmbeddedFiles.hardware
      case .models: EmbeddedFiles.models
      case .engines: EmbeddedFiles.engines
      }
    }

    /// All kinds' folders, for error messages.
    static func list(_ word: String, _ format: (Kind) -> String) -> String {
      let names = allCases.map(format)
      return names.dropLast().joined(separator: ", ") + " \(word) " + (names.last ?? "")
    }
  }

  /// What the program was built with.
  public static let standard = Catalog()

  /// The user's folders, each with a folder of some kinds in it, in order of precedence.
  let folders: [String]
  /// Models that are in no file, by name.
  private var given: [String: MultimodalModel] = [:]
  /// Where configurations lie that are named as on the hub.
  package let hub: HubCache

  private init() {
    folders = []
    hub = .standard
  }

  /// The built-in catalog behind the user's own folders.
  ///
  /// - Throws: `Diagnostic` if a folder has no folder of any kind in it.
  public init(folders: [String]) throws(Diagnostic) { try self.init(folders: folders, hub: .standard) }

  /// The same with another place for what is named as on the hub.
  ///
  /// - Parameter hub: where Hugging Face configurations lie that are named as on the hub.
  /// - Throws: `Diagnostic` if a folder has no folder of any kind in it.
  package init(folders: [String], hub: HubCache) throws(Diagnostic) {
    for folder in folders where !Kind.allCases.contains(where: { Files.isFolder("\(folder)/\($0.rawValue)") }) {
      let names = Kind.list("or") { "\"\($0.rawValue)\"" }
      let problem = Files.isFolder(folder) ? "has no folder \(names) in it" : "is no folder"
      throw Diagnostic(file: folder, "\(problem); a catalog holds \(Kind.list("and") { "\($0.rawValue)/*.yaml" })")
    }
    self.folders = folders
    self.hub = hub
  }

  /// The device of a name, an alias, or in the file at a path.
  public func hardware(_ name: String) throws(Diagnostic) -> Accelerator {
    if let found = try found(.hardware, name) { return try Self.device(found) }
    return try Accelerator(file: try root(.hardware, name))
  }

  /// The device of a file; what is built in has the class that its figures suggest.
  private static func device(_ found: Found) throws(Diagnostic) -> Accelerator {
    var device = try Accelerator(file: found.root)
    device.isClassKnown = device.isClassKnown || found.isBuiltIn
    return device
  }

  /// The model of a name, an alias, in the file or folder at a path, or of a name in the hub's local cache.
  ///
  /// A file is a model file or a Hugging Face configuration, a folder one that holds a `config.json`.
  public func model(_ name: String) throws(Diagnostic) -> MultimodalModel {
    if let model = given[name] { return model }
    if let root = try find(.models, name) { return try model(root) }
    if let path = try configPath(name) { return try config(at: path, name: HubCache.isName(name) ? name : nil) }
    return try model(try root(.models, name, besides: Self.configHint))
  }

  /// The catalog with a model more, of which there is a text and no file: a Hugging Face configuration in JSON, or what a
  /// model file holds. It goes by `name` alone, and before all others.
  ///
  /// - Throws: `Diagnostic` with line and column for a text that describes no model.
  package func adding(_ json: [UInt8], named name: String) throws(Diagnostic) -> Catalog {
    try adding(JSON.parse(json, file: name, asPython: true), named: name)
  }

  /// The same of a text that has been read, YAML or JSON.
  package func adding(_ root: Node, named name: String) throws(Diagnostic) -> Catalog {
    var catalog = self
    catalog.given[name] =
      MultimodalModel.isConfig(root)
      ? try MultimodalModel(config: root, name: name) : try MultimodalModel(file: root, resolve: resolve)
    return catalog
  }

  /// The engine of a name, an alias, or in the file at a path.
  public func engine(_ name: String) throws(Diagnostic) -> Engine {
    try Engine(file: try root(.engines, name))
  }

  /// The names of all files of a kind, without aliases.
  public func names(_ kind: Kind) throws(Diagnostic) -> [String] { try entries(kind).map(\.name) }

  /// All devices, by name.
  public func allHardware() throws(Diagnostic) -> [Accelerator] {
    var all: [Accelerator] = []
    for entry in try entries(.hardware) { all.append(try Self.device(Found(entry, try entry.root()))) }
    return all
  }

  /// All models, by name.
  public func allModels() throws(Diagnostic) -> [MultimodalModel] {
    var all: [MultimodalModel] = []
    for entry in try entries(.models) { all.append(try model(try entry.root())) }
    return all
  }

  /// All engines, by name.
  public func allEngines() throws(Diagnostic) -> [Engine] {
    var all: [Engine] = []
    for entry in try entries(.engines) { all.append(try Engine(file: try entry.root())) }
    return all
  }

  /// What is known under a name.
  package enum Item: Sendable {
    case hardware(Accelerator)
    case model(MultimodalModel)
    case engine(Engine)
  }

  /// The device, the model or the engine of a name, an alias, or in the file at a path.
  package func item(_ name: String) throws(Diagnostic) -> Item {
    if let found = try found(.hardware, name) { return .hardware(try Self.device(found)) }
    if let root = try find(.models, name) { return .model(try model(root)) }
    if let root = try find(.engines, name) { return .engine(try Engine(file: root)) }
    if let path = try configPath(name) { return .model(try config(at: path, name: HubCache.isName(name) ? name : nil)) }
    guard let root = try Self.root(path: name) else {
      let hint = try hint(Kind.allCases, name)
      throw Diagnostic(
        "nothing is called \"\(name)\"; \(hint)see \(Kind.list("and") { "\"roofline list \($0.rawValue)\"" })"
          + Self.configHint)
    }
    let keys = Set(try root.entries("the file").map(\.key))
    if !keys.isDisjoint(with: ["language", "vision", "config"]) || MultimodalModel.isConfig(root) {
      return .model(try model(root))
    }
    // Devices have memory as well, but also what computes.
    let isEngine = keys.contains("memory") && keys.isDisjoint(with: ["vector", "matrix", "vendor"])
    return isEngine ? .engine(try Engine(file: root)) : .hardware(try Accelerator(file: root))
  }

  func resolve(_ name: String, at reference: Node) throws(Diagnostic) -> Node {
    do {
      return try root(.models, name)
    } catch {
      throw error.position == nil ? reference.error(error.message) : error
    }
  }
}
