internal import Documents
internal import Operators

extension Model {
  /// Reads a configuration of Qwen2-VL: an encoder of rotated patches at an image's own resolution, a perceptron over
  /// cells of merged patches, and Qwen2.
  ///
  /// Without a size given images have 448 x 448 pixels.
  init(qwen2VL fields: ConfigFields, architecture: String, name: String) throws(Diagnostic) {
    // Published files have the keys of the language model beside the vision's, transformers 5 writes them apart.
    var text = fields
    if let node = fields["text_config"] { text = try ConfigFields(node, "\"text_config\"") }
    var language = try LanguageModel(config: text, family: .qwen2VL)
    if try fields.boolean("tie_word_embeddings", default: false) { language.tiedEmbeddings = true }

    let part = try fields.part("vision_config")
    let encoder = try VisionEncoder(qwen2VL: part)
    let output = try part.integer("hidden_size", in: Limit.width, default: 3584)
    guard output == language.block.width else {
      throw (part["hidden_size"] ?? part.node).error(
        "expected the vision's \"hidden_size\" to be the language model's, \(language.block.width); found \(output)")
    }
    let merge = try part.integer("spatial_merge_size", in: 1...64, default: 2, decidesSize: false)
    let cellWidth = encoder.block.width * merge * merge
    var connector = Connector(widths: [cellWidth, cellWidth, output], activation: .gelu)
    connector.merged = merge * merge
    connector.norm = .layer
    var vision = Vision(encoder: encoder, layersUsed: encoder.layers)
    vision.resolution = .native(NativeResolution(cell: encoder.patchSize * merge))
    guard vision.resize(to: ImageSize(width: 448, height: 448)) else {
      throw fields.node.error("an image of 448 x 448 pixels makes no token")
    }
    self.init(
      name: name, title: "\(name) (\(architecture))", vision: vision, connector: connector, language: language)
    let file = fields.node.position.file
    sources = [
      part.source("vision", architecture), Source(part: "connector", text: "\(file), \(architecture)"),
      text.source("language", architecture),
    ]
  }
}

extension VisionEncoder {
  /// The encoder of `vision_config`; defaults are those of Qwen2VLVisionConfig in transformers 5.23.0.
  fileprivate init(qwen2VL fields: ConfigFields) throws(Diagnostic) {
    let (width, heads) = try fields.dividedWidth("embed_dim", default: 1280, heads: "num_heads", default: 16)
    let ratio = try fields.integer("mlp_ratio", in: 1...64, default: 4, decidesSize: false)
    var block = TransformerBlock.encoder(
      width: width, heads: heads, headWidth: width / heads, feedForward: ratio * width,
      activation: try fields.activation("hidden_act", default: .quickGELU))
    block.rotaryWidth = block.headWidth
    let patchSize = try fields.integer("patch_size", in: 1...512, default: 14)
    self.init(
      imageSize: 448, patchSize: patchSize,
      channels: try fields.integer("in_channels", in: Limit.channels, default: 3, decidesSize: false),
      layers: try fields.integer("depth", in: Limit.layers, default: 32), block: block, classToken: false,
      preNorm: false)
    framesPerPatch = try fields.integer("temporal_patch_size", in: 1...64, default: 2, decidesSize: false)
    learnedPositions = false
    postNorm = false
  }
}
