package import Architectures
package import Documents
internal import Operators

/// The vision tower of CLIP that a Hugging Face `config.json` describes, with what running it needs to know.
package struct ClipTower: Sendable, Hashable {
  /// Its sizes: a class token before the patches, learned positions, a norm before the first layer.
  package var encoder: VisionEncoder
  /// What is added to the variance in its norms.
  package var epsilon: Double

  /// A tower of an encoder.
  package init(encoder: VisionEncoder, epsilon: Double = 1e-5) {
    self.encoder = encoder
    self.epsilon = epsilon
  }

  /// Reads a `config.json` of a CLIP tower, alone or within CLIP or a LLaVA.
  ///
  /// The tower is the configuration itself where it is one of a CLIPVisionModel, else its `vision_config`; a LLaVA
  /// without one has CLIP ViT-L/14 at 336 pixels, as in transformers 5.23.0, whose defaults stand for absent keys.
  /// - Throws: `Diagnostic` for another kind of tower or model, and at a value of a wrong type, out of range, or that
  ///   does not fit the others.
  package init(config node: Node) throws(Diagnostic) {
    let root = try ConfigFields(node, "the configuration")
    let fields = try Self.vision(root)
    if let type = fields["model_type"] {
      let name = try type.text("\"model_type\"")
      guard Self.types.contains(name) else {
        throw type.error("expected the vision tower to be CLIP's (clip_vision_model), found \(type.summary)")
      }
    }
    let isLarge = try Self.isLlava(root) && !root.contains("vision_config")
    encoder = try VisionEncoder(clip: fields, isLarge ? .largeCLIP : .clip)
    epsilon = try fields["layer_norm_eps"]?.number("\"layer_norm_eps\"", in: 0...1) ?? 1e-5
  }

  private static let types = ["clip_vision_model", "clip"]
  private static let alone = ["CLIPVisionModel", "CLIPVisionModelWithProjection", "clip_vision_model"]

  /// The entries that describe the tower.
  private static func vision(_ root: ConfigFields) throws(Diagnostic) -> ConfigFields {
    for key in ["vision_config", "vision_config_dict"] {
      if let node = root[key] { return try ConfigFields(node, "\"\(key)\"") }
    }
    let names = try names(root)
    if names.contains(where: alone.contains) { return root }
    if try isLlava(root) { return ConfigFields(empty: root.node) }
    let found = names.isEmpty ? "neither \"architectures\" nor a \"model_type\"" : names.joined(separator: ", ")
    throw root.node.error(
      "expected a CLIPVisionModel, or a model with a \"vision_config\" such as CLIPModel or LLaVA; found \(found)")
  }

  /// What the configuration calls itself.
  private static func names(_ root: ConfigFields) throws(Diagnostic) -> [String] {
    var names: [String] = []
    for item in try root["architectures"]?.items("\"architectures\"") ?? [] {
      names.append(try item.text("an architecture"))
    }
    if let type = root["model_type"] { names.append(try type.text("\"model_type\"")) }
    return names
  }

  private static func isLlava(_ root: ConfigFields) throws(Diagnostic) -> Bool {
    try names(root).contains { name in
      [MultimodalFamily.llava, .llavaNext].contains { $0.architectures.contains(name) || $0.types.contains(name) }
    }
  }
}
