internal import Architectures
package import Documents
internal import Operators

/// A kind of tower: what configurations call it, and how they are read.
struct TowerKind: Sendable {
  /// Entries of `architectures` and values of `model_type` of a tower, or of a model that has one.
  var names: [String]
  /// Reads the tower's own entries; the whole configuration, where the tower is a part, says what follows it.
  var read: @Sendable (_ tower: ConfigFields, _ whole: ConfigFields?) throws(Diagnostic) -> TowerDescription

  init(
    _ names: String...,
    read: @escaping @Sendable (_ tower: ConfigFields, _ whole: ConfigFields?) throws(Diagnostic) -> TowerDescription
  ) {
    (self.names, self.read) = (names, read)
  }
}

extension TowerDescription {
  /// Every kind that runs.
  private static let kinds: [TowerKind] = [
    .clip, .siglip, .siglip2, .internViT, .dino2, .qwen2VL, .qwen25VL, .qwen3VL, .qwen35,
  ]

  /// Reads a `config.json` of a tower, alone or as the vision part of a model.
  ///
  /// The tower is the configuration itself where that is of a kind of tower, else its `vision_config`; a LLaVA without one
  /// has CLIP ViT-L/14 at 336 pixels. Defaults of absent keys are those of transformers 5.23.0.
  /// - Throws: `Diagnostic` for a tower that does not run here, and at a value of a wrong type, out of range, or that does
  ///   not fit the others.
  package init(config node: Node) throws(Diagnostic) {
    let root = try ConfigFields(node, "the configuration")
    let names = try Self.names(root)
    for key in ["vision_config", "vision_config_dict"] {
      guard let node = root[key] else { continue }
      let part = try ConfigFields(node, "\"\(key)\"")
      let own = try Self.names(part)
      guard let kind = Self.kind(own, part) ?? (part["model_type"] == nil ? Self.kind(names, root) : nil)
      else { throw Self.unknown(part["model_type"] ?? part["architectures"] ?? node, own.isEmpty ? names : own) }
      self = try kind.read(part, root)
      return
    }
    if let kind = Self.kind(names, root) {
      self = try kind.read(root, nil)
    } else if names.contains(where: Self.isLlava) {
      self = try TowerKind.clip.read(ConfigFields(empty: node), root)
    } else {
      throw Self.unknown(root["model_type"] ?? root["architectures"] ?? node, names)
    }
  }

  /// The kind that a type names or, without one, an architecture.
  private static func kind(_ names: [String], _ fields: ConfigFields) -> TowerKind? {
    let names = fields["model_type"] == nil ? names : names.suffix(1)
    return kinds.first { kind in kind.names.contains(where: names.contains) }
  }

  private static func unknown(_ node: Node, _ names: [String]) -> Diagnostic {
    let found = names.isEmpty ? "neither \"architectures\" nor a \"model_type\"" : names.joined(separator: ", ")
    let known = kinds.compactMap(\.names.first).joined(separator: ", ")
    return node.error("expected a vision tower that runs here (\(known)), or a model with one; found \(found)")
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

  /// Whether a name is of a LLaVA with CLIP's tower.
  static func isLlava(_ name: String) -> Bool {
    [MultimodalFamily.llava, .llavaNext].contains { $0.architectures.contains(name) || $0.types.contains(name) }
  }
}

extension ConfigFields {
  /// The epsilon of norms.
  func epsilon(_ key: String = "layer_norm_eps", default fallback: Double) throws(Diagnostic) -> Double {
    try self[key]?.number("\"\(key)\"", in: 0...1) ?? fallback
  }

  /// The classes of a whole model.
  private var architectures: [String] {
    get throws(Diagnostic) {
      (try self["architectures"]?.items("\"architectures\"") ?? []).compactMap { try? $0.text("") }
    }
  }

  /// How a LLaVA that cuts pictures into tiles puts them together again, in transformers' format; nil for other models.
  func llavaPacking(of encoder: VisionEncoder) throws(Diagnostic) -> TilePacking? {
    let names = try architectures
    let isOneVision = names.contains(where: MultimodalFamily.llavaOneVision.architectures.contains)
    let tilers = MultimodalFamily.llavaNext.architectures + MultimodalFamily.llavaNextVideo.architectures
    guard isOneVision || names.contains(where: tilers.contains) else { return nil }
    let tiling = try tiling(tile: encoder.imageSize, mostTiles: isOneVision ? mostTiles : nil)
    return TilePacking(tiling: tiling, newline: "/image_newline")
  }

  /// The perceptron between the tower and the language model of a LLaVA, in transformers' format; nil for other models.
  func llavaProjector(of encoder: VisionEncoder) throws(Diagnostic) -> TowerProjector? {
    let names = try architectures
    guard names.contains(where: { $0.hasPrefix("Llava") && $0.hasSuffix("ForConditionalGeneration") }),
      let text = self["text_config"],
      let width = try ConfigFields(text, "\"text_config\"")["hidden_size"]?.integer("\"hidden_size\"", in: Limit.width)
    else { return nil }
    let isOneVision = names.contains(where: MultimodalFamily.llavaOneVision.architectures.contains)
    return TowerProjector(
      layer: try lastFeatureLayer("vision_feature_layer", default: isOneVision ? -1 : -2, of: encoder), cell: 1,
      norm: nil, first: "/multi_modal_projector.linear_1", second: "/multi_modal_projector.linear_2", inner: width,
      output: width,
      activation: try activation("projector_hidden_act", default: .gelu), isMerger: false)
  }
}
