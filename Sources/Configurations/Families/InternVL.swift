internal import Architectures
internal import Documents
internal import Operators

extension VisionFamily {
  /// InternViT: a class token, a scale of every channel, no norm at the end.
  static var internViT: VisionFamily {
    VisionFamily(
      "InternVLVisionModel", "InternVisionModel", types: "internvl_vision", "intern_vit_6b"
    ) { (fields) throws(Diagnostic) in
      MultimodalModel.Vision(try VisionEncoder(internViT: fields))
    }
  }
}

extension MultimodalFamily {
  /// InternVL 1.5 to 3, in its authors' and in transformers' format: tiles of InternViT, pixel shuffle, a perceptron.
  static var internVL: MultimodalFamily {
    MultimodalFamily(
      "InternVLChatModel", "InternVLForConditionalGeneration", types: "internvl_chat", "internvl", read: readInternVL)
  }

  @Sendable private static func readInternVL(_ fields: ConfigFields) throws(Diagnostic) -> MultimodalModel {
    let isNative = !fields.contains("llm_config")
    var text = try fields.language(isNative ? "text_config" : "llm_config", default: .qwen2)
    if isNative { text.part.tiedEmbeddings = try fields.isTied(default: true) }
    var tower = try fields.tower(default: .internViT)
    let ratio = try fields["downsample_ratio"]?.number("\"downsample_ratio\"", in: 0.01...1) ?? 0.5
    let side = Int((1 / ratio).rounded())
    let encoder = tower.part.encoder
    tower.part.layersUsed = try fields.lastFeatureLayer(isNative ? "vision_feature_layer" : "select_layer", of: encoder)
    let tokens = encoder.patches / (side * side)
    let connector = Connector(
      from: encoder.block.width,
      [
        .merge(side * side), .norm(.layer), .product(text.part.block.width, bias: true),
        .activation(try fields.activation("projector_hidden_act", default: .gelu)),
        .product(text.part.block.width, bias: true),
      ])
    let range = 1...1024
    let processor = try fields.processor
    var least = try fields.integer("min_dynamic_patch", in: range, default: 1, decidesSize: false)
    var most = try fields.integer("max_dynamic_patch", in: range, default: 12, decidesSize: false)
    least = try processor.integer("min_patches", in: range, default: least, decidesSize: false)
    most = try processor.integer("max_patches", in: range, default: most, decidesSize: false)
    if try !fields.boolean("dynamic_image_size", default: true) { (least, most) = (1, 1) }
    var canvas = TileCanvas(.nearestRatio(least: least, most: max(least, most)), tokensPerTile: tokens)
    canvas.whole = try fields.boolean("use_thumbnail", default: true) ? .toSeveral : .never
    try tower.part.read(.canvas(canvas), of: fields, image: encoder.imageSize)
    return MultimodalModel(vision: tower, connector: connector, fields.connectorSource("InternVL"), language: text)
  }
}

extension VisionEncoder {
  /// The encoder of a configuration of InternViT, in its authors' or in transformers' format.
  init(internViT fields: ConfigFields) throws(Diagnostic) {
    try self.init(
      config: fields,
      VisionDefaults(
        width: 1024, feedForward: 4096, layers: 24, heads: 16, imageSize: 448, patchSize: 14, activation: .gelu),
      classToken: true, preNorm: false)
    patchBias = true
    postNorm = try !fields.boolean("use_mean_pooling", default: true)
    block.gateWidth = block.width
    let isNative = try fields["model_type"]?.text("\"model_type\"") == "internvl_vision"
    block.qkvBias = try fields.boolean(isNative ? "attention_bias" : "qkv_bias", default: !isNative)
    if try fields["norm_type"]?.text("\"norm_type\"") == "rms_norm" { block.norm = .rms }
    if try fields.boolean(isNative ? "use_qk_norm" : "qk_normalization", default: false) {
      block.queryKeyNorm = .rms
      block.normsAllHeads = true
    }
    if isNative {
      if try fields.boolean("use_mask_token", default: false) { otherParameters = block.width }
      learnedPositions = try fields.boolean("use_absolute_position_embeddings", default: true)
    }
  }
}
