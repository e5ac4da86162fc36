public import Documents
internal import Architectures
internal import Configurations

extension Catalog {
  /// The vision tower that a model names, as `ImageEncoder` takes it: a name on the hub, or a folder.
  ///
  /// Candidates are the names on the hub of the tower that a model file refers to and those of the model itself, or
  /// the folder of a configuration, whose weights hold the tower. The first one that is at hand is taken.
  /// - Throws: `Diagnostic` if none is, with the command that would fetch the first, or if the model names none.
  public func encoder(of model: String) throws(Diagnostic) -> String {
    let candidates = try encoders(of: model)
    guard let first = candidates.first else {
      throw Diagnostic("\(model) does not say which encoder it has; name a folder or one on the hub with --encoder")
    }
    for candidate in candidates where (try? hub.encoder(candidate)) != nil { return candidate }
    _ = try hub.encoder(first)
    return first
  }

  /// Where a model's vision tower may be.
  private func encoders(of name: String) throws(Diagnostic) -> [String] {
    if let root = try find(.models, name) { return try encoders(in: root) }
    if let path = try configPath(name) { return [HubCache.isName(name) ? name : Self.folder(of: path)] }
    let root = try root(.models, name)
    return MultimodalModel.isConfig(root) ? [Self.folder(of: name)] : try encoders(in: root)
  }

  private func encoders(in root: Node) throws(Diagnostic) -> [String] {
    var names: [String] = []
    let entries = try root.entries("the file")
    // A language model alone has names on the hub, but no tower there.
    guard entries.contains(where: { ["vision", "config"].contains($0.key) }) else { return [] }
    let vision = entries.first { $0.key == "vision" }?.value
    if case .mapping(let entries)? = vision?.content, let tower = entries.first(where: { $0.key == "model" })?.value {
      names += try Self.aliases(self.root(.models, tower.text("the name of a model")))
    }
    return (names + (try Self.aliases(root))).filter(HubCache.isName)
  }

  static func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
  }
}
