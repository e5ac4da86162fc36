public import Documents
internal import Operators

extension Model {
  /// The architectures of Hugging Face configurations that are understood.
  public static var architectures: [String] {
    DecoderFamily.all.map(\.architecture) + VisionFamily.all.map(\.architecture)
      + MultimodalFamily.allCases.map(\.rawValue)
  }

  /// Whether a file looks like a Hugging Face configuration.
  public static func isConfig(_ node: Node) -> Bool {
    guard case .mapping(let entries) = node.content else { return false }
    return entries.contains { ["architectures", "model_type"].contains($0.key) }
  }

  /// Reads a Hugging Face `config.json`. Absent keys have the defaults of the class that reads them in transformers
  /// 5.23.0; which of those decide the size, the sources name.
  ///
  /// - Parameter name: what to call the model.
  /// - Throws: `Diagnostic` for an unknown architecture, and at a value of a wrong type, out of range, or that does
  ///   not fit the others.
  public init(config node: Node, name: String) throws(Diagnostic) {
    let fields = try ConfigFields(node, "the configuration")
    let (architecture, place) = try Self.architecture(fields)
    if let family = DecoderFamily.all.first(where: { $0.architecture == architecture }) {
      let language = try LanguageModel(config: fields, family: family)
      self.init(name: name, title: "\(name) (\(architecture))", language: language)
      sources = [fields.source("language", architecture)]
    } else if let family = VisionFamily.all.first(where: { $0.architecture == architecture }) {
      let encoder = try VisionEncoder(config: fields, family: family)
      let vision = Vision(encoder: encoder, layersUsed: encoder.layers)
      self.init(name: name, title: "\(name) (\(architecture))", vision: vision)
      sources = [fields.source("vision", architecture)]
    } else if let family = MultimodalFamily(rawValue: architecture) {
      try self.init(multimodal: fields, family: family, name: name)
    } else {
      throw place.error(
        "unknown architecture \"\(architecture)\"; known are \(Self.architectures.joined(separator: ", "))")
    }
    let parts: [Part: String] = [.vision: "vision_config", .language: "text_config"]
    try check { part in parts[part].flatMap { fields[$0] } ?? node }
  }

  /// The architecture that a configuration names, by `architectures` or `model_type`, and where it does.
  private static func architecture(_ fields: ConfigFields) throws(Diagnostic) -> (String, Node) {
    if let node = fields["architectures"] {
      guard let first = try node.items("\"architectures\"").first else {
        throw node.error("expected \"architectures\" to name one")
      }
      return (try first.text("an architecture"), first)
    }
    guard let node = fields["model_type"] else {
      throw fields.node.error("the configuration names neither \"architectures\" nor a \"model_type\"")
    }
    let type = try node.text("\"model_type\"")
    let pairs =
      DecoderFamily.all.map { ($0.type, $0.architecture) } + VisionFamily.all.map { ($0.type, $0.architecture) }
      + MultimodalFamily.allCases.map { ($0.type, $0.rawValue) }
    guard let pair = pairs.first(where: { $0.0 == type }) else {
      let known = pairs.map(\.0).joined(separator: ", ")
      throw node.error("unknown model type \(node.summary); known are \(known)")
    }
    return (pair.1, node)
  }
}

extension ConfigFields {
  /// Where the figures of a part come from: the file, and the defaults of the class for the keys that it lacks.
  func source(_ part: String, _ architecture: String) -> Model.Source {
    let defaults = assumed.isEmpty ? "" : "; defaults of transformers 5.23.0 for \(assumed.joined(separator: ", "))"
    let text = "\(node.position.file), \(architecture)\(defaults)"
    return Model.Source(part: part, text: text, assumed: assumed)
  }
}
