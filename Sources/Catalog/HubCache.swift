package import Documents

/// The folder in which Hugging Face's tools keep what they have downloaded. Nothing is downloaded here.
package struct HubCache: Sendable {
  /// The folder; nil where no home folder is known.
  package var folder: String?

  /// A cache in `folder`.
  package init(folder: String?) {
    self.folder = folder
  }

  /// The cache that huggingface_hub would use: HF_HUB_CACHE, hub in HF_HOME, or .cache/huggingface/hub at home
  /// (XDG_CACHE_HOME in place of .cache).
  package static var standard: HubCache {
    if let folder = Environment["HF_HUB_CACHE"] ?? Environment["HUGGINGFACE_HUB_CACHE"] {
      return HubCache(folder: folder)
    }
    if let home = Environment["HF_HOME"] { return HubCache(folder: "\(home)/hub") }
    let cache = Environment["XDG_CACHE_HOME"] ?? Environment["HOME"].map { "\($0)/.cache" }
    return HubCache(folder: cache.map { "\($0)/huggingface/hub" })
  }

  /// Whether `name` has the form of a model's name on the hub: `organisation/model`.
  package static func isName(_ name: String) -> Bool {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    return parts.count == 2 && parts.allSatisfy { $0.first?.isLetterOrDigit == true && $0.allSatisfy(\.isInHubName) }
  }

  /// The path of the `config.json` of a model in its main revision.
  ///
  /// - Throws: `Diagnostic`, with the command that would fetch it, if the cache does not have it.
  package func config(of name: String) throws(Diagnostic) -> String {
    let advice = "\"hf download \(name) config.json\" fetches it"
    let path = "\(try snapshot(of: name, place: "neither in the catalog nor", advice: advice))/config.json"
    guard Files.exists(path) else {
      throw Diagnostic("the hub's cache has \(name) without its config.json; \(advice)")
    }
    return path
  }

  /// The names under which a model's weights may lie beside its configuration.
  private static let weights = [
    "model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json",
  ]

  /// The folder of a model's files in its main revision, in which configuration and weights lie.
  ///
  /// - Throws: `Diagnostic`, with the command that would fetch it, if the cache does not have it.
  package func folder(of name: String) throws(Diagnostic) -> String {
    let advice = "\"hf download \(name)\" fetches it"
    let path = try snapshot(of: name, place: "neither a folder here nor", advice: advice)
    guard Files.isFolder(path) else { throw Diagnostic("the hub's cache has \(name) without its files; \(advice)") }
    // Whoever asked for the configuration alone has no weights, and an interrupted download may lack either.
    for files in [["config.json"], Self.weights] where !files.contains(where: { Files.exists("\(path)/\($0)") }) {
      throw Diagnostic("the hub's cache has \(name) without its \(files[0]); \(advice)")
    }
    return path
  }

  /// The folder of a vision encoder: `name` itself where it is a folder, else of that name in the cache.
  ///
  /// - Throws: `Diagnostic` if it is neither.
  package func encoder(_ name: String) throws(Diagnostic) -> String {
    if Files.isFolder(name) { return name }
    guard Self.isName(name), !Files.exists(name) else {
      throw Diagnostic(
        file: name,
        "expected a folder with config.json and model.safetensors, or a name on the hub such as "
          + "openai/clip-vit-large-patch14-336")
    }
    return try folder(of: name)
  }

  private func snapshot(of name: String, place: String, advice: String) throws(Diagnostic) -> String {
    guard let folder else { throw Diagnostic("\(name) is not at hand, and no home folder is known; \(advice)") }
    let model = "\(folder)/models--\(name.split(separator: "/").joined(separator: "--"))"
    let reference = "\(model)/refs/main"
    guard Files.exists(reference) else {
      throw Diagnostic("\(name) is \(place) in the hub's cache \(folder); \(advice)")
    }
    let text = String(decoding: try Files.readText(reference, limit: 4096), as: UTF8.self)
    let revision = text.prefix { !$0.isWhitespace }
    guard !revision.isEmpty, revision.allSatisfy(\.isLetterOrDigit) else {
      throw Diagnostic(file: reference, "expected the name of a revision")
    }
    return "\(model)/snapshots/\(revision)"
  }
}

extension Character {
  fileprivate var isLetterOrDigit: Bool { isASCII && (isLetter || isNumber) }
  fileprivate var isInHubName: Bool { isLetterOrDigit || "-_.".contains(self) }
}
