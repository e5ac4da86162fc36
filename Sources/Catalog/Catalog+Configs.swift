internal import Architectures
internal import Configurations
internal import Documents

extension Catalog {
  /// The model that a file describes.
  func model(_ root: Node) throws(Diagnostic) -> Model {
    guard Model.isConfig(root) else { return try Model(file: root, resolve: resolve) }
    return try Self.model(config: root, name: Self.configName(root.position.file))
  }

  /// The Hugging Face configuration in a folder, or of a name in the hub's cache; nil for what is neither.
  func configPath(_ name: String) throws(Diagnostic) -> String? {
    if Files.isFolder(name) {
      let path = name.hasSuffix("/") ? "\(name)config.json" : "\(name)/config.json"
      guard Files.exists(path) else {
        throw Diagnostic(file: name, "is a directory; expected a file, or a config.json in it")
      }
      return path
    }
    guard HubCache.isName(name), !Files.exists(name), !Self.suffixes.contains(where: name.hasSuffix) else { return nil }
    return try hub.config(of: name)
  }

  func config(at path: String, name: String?) throws(Diagnostic) -> Model {
    let root = try Self.parse(Self.text(path), path)
    return try Self.model(config: root, name: name ?? Self.configName(path))
  }

  /// The model of a configuration, whose image processor's file lies beside it or nowhere.
  private static func model(config root: Node, name: String) throws(Diagnostic) -> Model {
    let path = "\(folder(of: root.position.file))/preprocessor_config.json"
    guard Files.exists(path) else { return try Model(config: root, name: name) }
    InputFiles.add([path])
    return try Model(config: root, name: name, processor: parse(text(path), path))
  }

  /// What to call the model of a configuration: after its file or, if that is `config.json`, its folder.
  private static func configName(_ path: String) -> String {
    let parts = path.split(separator: "/").filter { $0 != "." && $0 != ".." }
    let file = parts.last.map { stem(String($0)) } ?? path
    return file == "config" && parts.count > 1 ? String(parts[parts.count - 2]) : file
  }
}
