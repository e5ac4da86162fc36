public import Documents
internal import Engines

extension Catalog {
  /// A file of the catalog.
  struct Entry {
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
  static let configHint =
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
  struct Found {
    let root: Node
    /// Whether the program was built with it.
    let isBuiltIn: Bool

    init(_ entry: Entry, _ root: Node) { (self.root, isBuiltIn) = (root, entry.text != nil) }
  }

  /// The catalog file of a name or an alias. Case, spaces and dashes do not matter where no name is just the one wanted.
  ///
  /// - Throws: `Diagnostic` also for a name that, so read, could be that of several files.
  func found(_ kind: Kind, _ name: String) throws(Diagnostic) -> Found? {
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
    guard kind == .engines, let file = try Self.file(ofVersion: name, among: callings(kind)),
      let entry = entries.first(where: { $0.name == file })
    else { return nil }
    return Found(entry, try entry.root())
  }

  /// The file of an engine's version that no file names: that of the latest version before it.
  static func file(ofVersion name: String, among callings: [(file: String, aliases: [String])]) -> String? {
    guard let (family, version) = EngineVersion.named(name) else { return nil }
    let names = callings.flatMap { file, aliases in ([file] + aliases).map { (name: $0, known: file) } }
    return EngineVersions(names).latest(of: family, notAfter: version)
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
  func hint(_ kinds: [Kind], _ name: String) throws(Diagnostic) -> String {
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
  static func root(path: String) throws(Diagnostic) -> Node? {
    guard suffixes.contains(where: path.lowercased().hasSuffix) || path.contains("/") && Files.exists(path) else {
      return nil
    }
    return try parse(text(path), path)
  }

  /// All files of a kind by name; the user's hide built-in ones of the same name.
  func entries(_ kind: Kind) throws(Diagnostic) -> [Entry] {
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
