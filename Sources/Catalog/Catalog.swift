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
    fileprivate var embedded: [(name: String, text: String)] {
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
  private let folders: [String]
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
    let root = try JSON.parse(json, file: name, asPython: true)
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

extension Catalog {
  /// A file of the catalog.
  private struct Entry {
    /// The file's name without its ending.
    var name: String
    /// The text of a built-in file, or nil for the user's own.
    var text: String?
    /// How the file is called in errors.
    var path: String
    /// The place of its folder in the order of precedence; built-in files come last.
    var rank: Int

    /// The parsed file.
    func root() throws(Diagnostic) -> Node {
      let bytes = if let text { Array(text.utf8) } else { try Catalog.text(path) }
      let root = try Catalog.parse(bytes, path)
      let stated = try root.entries("the file").first { $0.key == "name" }
      if let stated, try stated.value.text("the name") != name {
        throw stated.value.error("a catalog file is named after what it describes; expected \"\(name)\" here")
      }
      return root
    }
  }

  /// The text of a file. Larger ones than 1 MiB are refused, in JSON than 16 MiB: catalog files have a few kilobytes,
  /// configurations with many labels some megabytes.
  static func text(_ path: String) throws(Diagnostic) -> [UInt8] {
    try Files.readText(path, limit: isJSON(path) ? 1 << 24 : 1 << 20)
  }

  /// The file names that a catalog or a path may end in, in capitals or not.
  static let suffixes = [".yaml", ".yml", ".json"]

  private static func isJSON(_ path: String) -> Bool { path.lowercased().hasSuffix(".json") }

  static func parse(_ bytes: [UInt8], _ path: String) throws(Diagnostic) -> Node {
    isJSON(path) ? try JSON.parse(bytes, file: path, asPython: true) : try YAML.parse(bytes, file: path)
  }

  /// What else a model can be named by, where no name is known, to stand behind what lists the names.
  private static let configHint =
    "; a Hugging Face configuration goes by the path of its config.json or of the folder that holds it"

  /// The file that `name` stands for, parsed; without one the error ends in `besides`.
  func root(_ kind: Kind, _ name: String, besides: String = "") throws(Diagnostic) -> Node {
    if let root = try find(kind, name) { return root }
    if let root = try Self.root(path: name) { return root }
    throw try unknown(kind, name, besides: besides)
  }

  /// The error of a name that is not there, with the nearest ones that are.
  public func unknown(_ kind: Kind, _ name: String, besides: String = "") throws(Diagnostic) -> Diagnostic {
    Diagnostic(
      "unknown \(kind.singular) \"\(name)\"; \(try hint([kind], name))"
        + "\"roofline list \(kind.rawValue)\" lists them all\(besides)")
  }

  /// The catalog file of a name or an alias, parsed.
  func find(_ kind: Kind, _ name: String) throws(Diagnostic) -> Node? { try found(kind, name)?.root }

  /// A catalog file, parsed.
  private struct Found {
    let root: Node
    /// Whether the program was built with it.
    let isBuiltIn: Bool

    init(_ entry: Entry, _ root: Node) { (self.root, isBuiltIn) = (root, entry.text != nil) }
  }

  /// The catalog file of a name or an alias. Case, spaces and dashes do not matter where no name is just the one wanted.
  ///
  /// - Throws: `Diagnostic` also for a name that, so read, could be that of several files.
  private func found(_ kind: Kind, _ name: String) throws(Diagnostic) -> Found? {
    let entries = try entries(kind)
    if let named = entries.first(where: { $0.name == name }) { return Found(named, try named.root()) }
    let wanted = name.spelling
    let named = entries.filter { $0.name.spelling == wanted }
    guard named.count < 2 else { throw Self.ambiguous(name, named.map(\.name)) }
    if let entry = named.first { return Found(entry, try entry.root()) }
    for entry in entries.sorted(by: { ($0.rank, $0.name) < ($1.rank, $1.name) }) {
      let root = try entry.root()
      let aliases = try Self.aliases(root)
      if aliases.contains(where: { $0.spelling == wanted }) { return Found(entry, root) }
    }
    return nil
  }

  static func ambiguous(_ name: String, _ files: [String]) -> Diagnostic {
    Diagnostic("\"\(name)\" could be \(files.map { "\"\($0)\"" }.joined(separator: " or ")); write which")
  }

  /// The names of all files of a kind, and what else each is called, those that come first where two are called alike
  /// first.
  func callings(_ kind: Kind) throws(Diagnostic) -> [(file: String, aliases: [String])] {
    var all: [(file: String, aliases: [String])] = []
    for entry in try entries(kind).sorted(by: { ($0.rank, $0.name) < ($1.rank, $1.name) }) {
      all.append((entry.name, try Self.aliases(entry.root())))
    }
    return all
  }

  /// The names nearest to one that is not there, as a half sentence.
  private func hint(_ kinds: [Kind], _ name: String) throws(Diagnostic) -> String {
    var names: Set<String> = []
    for kind in kinds {
      for entry in try entries(kind) {
        names.insert(entry.name)
        names.formUnion(try Self.aliases(entry.root()))
      }
    }
    let near = nearest(to: name, among: names.sorted()).map { "\"\($0)\"" }
    return near.isEmpty ? "" : "did you mean \(near.joined(separator: " or "))? "
  }

  static func aliases(_ root: Node) throws(Diagnostic) -> [String] {
    var aliases: [String] = []
    for alias in try root.entries("the file").first(where: { $0.key == "aliases" })?.value.items("the aliases") ?? [] {
      aliases.append(try alias.text("an alias"))
    }
    return aliases
  }

  /// The file at a path, parsed, if `path` looks like one.
  private static func root(path: String) throws(Diagnostic) -> Node? {
    guard suffixes.contains(where: path.lowercased().hasSuffix) || path.contains("/") && Files.exists(path) else {
      return nil
    }
    return try parse(text(path), path)
  }

  /// All files of a kind by name; the user's hide built-in ones of the same name.
  private func entries(_ kind: Kind) throws(Diagnostic) -> [Entry] {
    var entries: [String: Entry] = [:]
    for (file, text) in kind.embedded {
      let name = Self.stem(file)
      entries[name] = Entry(name: name, text: text, path: "\(kind.rawValue)/\(file)", rank: folders.count)
    }
    for (rank, folder) in folders.enumerated().reversed() where Files.isFolder("\(folder)/\(kind.rawValue)") {
      for file in try Files.names(in: "\(folder)/\(kind.rawValue)", suffixes: Self.suffixes) {
        let (name, path) = (Self.stem(file), "\(folder)/\(kind.rawValue)/\(file)")
        InputFiles.add([path])
        entries[name] = Entry(name: name, text: nil, path: path, rank: rank)
      }
    }
    return entries.values.sorted { $0.name < $1.name }
  }

  static func stem(_ file: String) -> String {
    suffixes.first(where: file.lowercased().hasSuffix).map { String(file.dropLast($0.count)) } ?? file
  }
}
