internal import Architectures
internal import Documents
internal import Operators

extension MultimodalFamily {
  /// LLaVA's checkpoints in its authors' format: the keys of the language model, and those of the rest with `mm_` before
  /// them. The tower goes by its name on the hub.
  static var originalLLaVA: MultimodalFamily {
    MultimodalFamily(
      "LlavaLlamaForCausalLM", "LlavaMistralForCausalLM", "LlavaQwenForCausalLM", types: "llava_llama",
      "llava_mistral", "llava_qwen", read: readOriginalLLaVA)
  }

  @Sendable private static func readOriginalLLaVA(_ fields: ConfigFields) throws(Diagnostic) -> MultimodalModel {
    let architecture = try fields.firstArchitecture() ?? "LlavaLlamaForCausalLM"
    let family: LanguageFamily =
      architecture.contains("Qwen") ? .qwen2 : architecture.contains("Mistral") ? .mistral : .llama
    let text = ReadPart(part: try family.read(fields), source: fields.source("language", family.architecture))
    var tower = try fields.namedTower()
    let encoder = tower.part.encoder
    let stated = try fields.lastFeatureLayer("mm_vision_select_layer", default: -2, of: encoder)
    tower.part.layersUsed = stated
    if let node = fields["mm_vision_select_feature"] {
      let feature = try node.text("\"mm_vision_select_feature\"")
      guard ["patch", "cls_patch"].contains(feature) else {
        throw node.error("expected \"mm_vision_select_feature\" to be patch or cls_patch, found \(node.summary)")
      }
      tower.part.droppedTokens = feature == "patch" && encoder.classToken ? 1 : 0
    }
    let width = text.part.block.width
    let type = try fields["mm_projector_type"]?.text("\"mm_projector_type\"") ?? "linear"
    let products: Int
    if type == "linear" {
      products = 1
    } else if type.hasPrefix("mlp"), type.hasSuffix("x_gelu"), let depth = Int(type.dropFirst(3).dropLast(6)),
      (1...16).contains(depth)
    {
      products = depth
    } else {
      throw (fields["mm_projector_type"] ?? fields.node).error(
        "expected \"mm_projector_type\" to be linear or mlp2x_gelu, found \"\(type)\"")
    }
    let connector = Connector(
      widths: [encoder.block.width] + [Int](repeating: width, count: products), activation: .gelu)
    var model = MultimodalModel(
      vision: tower, connector: connector, fields.connectorSource(architecture), language: text)
    let ratio = try fields["image_aspect_ratio"]?.text("\"image_aspect_ratio\"") ?? "pad"
    if ratio.hasPrefix("anyres") {
      try model.readTiling(fields, mostTiles: ratio.hasPrefix("anyres_max_") ? Int(ratio.dropFirst(11)) : nil)
    }
    return model
  }
}

extension ConfigFields {
  /// The first entry of `architectures`.
  func firstArchitecture() throws(Diagnostic) -> String? {
    try self["architectures"]?.items("\"architectures\"").first?.text("an architecture")
  }

  /// The tower that `mm_vision_tower` names, of those that LLaVA's checkpoints use.
  fileprivate func namedTower() throws(Diagnostic) -> ReadPart<MultimodalModel.Vision> {
    let key = self["mm_vision_tower"] == nil ? "vision_tower" : "mm_vision_tower"
    guard let node = self[key] else {
      throw self.node.error("the configuration lacks \"mm_vision_tower\", the name of the vision tower")
    }
    let path = try node.text("\"\(key)\"")
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let encoder: VisionEncoder
    switch name {
    case "clip-vit-large-patch14-336":
      encoder = try VisionEncoder(clip: ConfigFields(empty: self.node), .largeCLIP)
    case "clip-vit-large-patch14":
      var sizes = VisionDefaults.largeCLIP
      sizes.imageSize = 224
      encoder = try VisionEncoder(clip: ConfigFields(empty: self.node), sizes)
    case "siglip-so400m-patch14-384":
      encoder = try VisionEncoder(siglip: ConfigFields(empty: self.node), .so400m)
    default:
      throw node.error(
        "unknown vision tower \(node.summary); known are openai/clip-vit-large-patch14-336, "
          + "openai/clip-vit-large-patch14 and google/siglip-so400m-patch14-384. Describe the model in a model file instead"
      )
    }
    let source = MultimodalModel.Source(
      part: "vision", text: "\(self.node.position.file), \(key): the published sizes of \(name)")
    return ReadPart(part: MultimodalModel.Vision(encoder), source: source)
  }
}
