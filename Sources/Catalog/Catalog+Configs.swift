internal import Architectures
internal import Configurations
internal import Documents

extension Catalog {
  /// The model that a file describes.
  func model(_ root: Node) throws(Diagnostic) -> MultimodalModel {
    guard MultimodalModel.isConfig(root) else { return try MultimodalModel(file: root, resolve: resolve) }
    return try Self.model(config: root, name: Self.configName(root.position.file))
  }

  /// The Hugging Face configuration in a folder, or of a name in the hub's cache; nil for what is neither.
  func configPath(_ name: String) throws(Diagnostic) -> String? {
    if Files.isFolder(name) {
      let folder = name.hasSuffix("/") ? name : "\(name)/"
      if Files.exists("\(folder)config.json") { return "\(folder)config.json" }
      // Of a model that was split the first part is named.
      let files = try Files.names(in: name, suffixes: [Self.gguf]).filter {
        !$0.contains("-of-") || $0.contains("-00001-of-")
      }
      guard files.count < 2 else {
        throw Diagnostic(
          file: name, "holds \(files.count) GGUF files; name one: \(files.prefix(5).joined(separator: ", "))")
      }
      guard let file = files.first else {
        throw Diagnostic(file: name, "is a directory; expected a file, or a config.json or a GGUF file in it")
      }
      return folder + file
    }
    if name.lowercased().hasSuffix(Self.gguf), Files.exists(name) { return name }
    guard HubCache.isName(name), !Files.exists(name), !Self.suffixes.contains(where: name.hasSuffix) else { return nil }
    return try hub.config(of: name)
  }

  /// The model of a configuration, with what the weights beside it say of their format, or of a GGUF file.
  func config(at path: String, name: String?) throws(Diagnostic) -> MultimodalModel {
    let name = name ?? Self.configName(path)
    if path.lowercased().hasSuffix(Self.gguf) { return try MultimodalModel(gguf: path, name: name) }
    return try Self.model(config: Self.parse(Self.text(path), path), name: name)
  }

  private static let gguf = ".gguf"

  /// The model of a configuration, whose image processor's file lies beside it or nowhere, as do its weights.
  private static func model(config root: Node, name: String) throws(Diagnostic) -> MultimodalModel {
    let folder = folder(of: root.position.file)
    let path = "\(folder)/preprocessor_config.json"
    var processor: Node?
    if Files.exists(path) {
      InputFiles.add([path])
      processor = try parse(text(path), path)
    }
    var model = try MultimodalModel(config: root, name: name, processor: processor)
    // Files of other names lie beside each other, and no weights of theirs.
    if root.position.file.hasSuffix("config.json") { try model.readSafetensors(in: folder) }
    return model
  }

  /// What to call the model of a configuration: after its file or, if that is `config.json`, its folder.
  private static func configName(_ path: String) -> String {
    let parts = path.split(separator: "/").filter { $0 != "." && $0 != ".." }
    let file = parts.last.map { stem(String($0)) } ?? path
    return file == "config" && parts.count > 1 ? String(parts[parts.count - 2]) : file
  }
}
