internal import Documents
internal import Operators

extension Model {
  /// Reads a configuration of vision tower, perceptron and language model.
  init(llava fields: ConfigFields, architecture: String, name: String) throws(Diagnostic) {
    let tower = try fields.tower()
    let text = try fields.text()
    let features = try fields.featureLayers(of: tower.encoder)
    var language = text.language
    if try fields.boolean("tie_word_embeddings", default: false) { language.tiedEmbeddings = true }
    var connector = Connector(
      widths: [tower.encoder.block.width * features.count, language.block.width, language.block.width],
      activation: try fields.activation("projector_hidden_act", default: .gelu))
    connector.bias = try fields.boolean("multimodal_projector_bias", default: true)
    let vision = Vision(
      encoder: tower.encoder, layersUsed: features.max() ?? tower.encoder.layers,
      droppedTokens: try fields.dropsFirstToken() ? 1 : 0)
    guard vision.tokensPerImage > 0 else { throw fields.node.error("an image makes no token besides the first one") }
    self.init(
      name: name, title: "\(name) (\(architecture))", vision: vision, connector: connector, language: language)
    let connectorSource = Source(part: "connector", text: "\(fields.node.position.file), \(architecture)")
    sources = [tower.source, connectorSource, text.source]
  }

  /// Reads how LLaVA-NeXT cuts images; without a size given they are squares of two by two tiles.
  mutating func readTiling(_ fields: ConfigFields) throws(Diagnostic) {
    guard var vision else { return }
    guard vision.tokensPerTile == vision.encoder.patches else {
      throw fields.node.error("tiles need all patches and no class token; check \"vision_feature_select_strategy\"")
    }
    let tile = vision.encoder.imageSize
    vision.resolution = .tiles(ImageTiling(resolutions: try fields.resolutions(tile: tile)))
    guard vision.resize(to: ImageSize(width: 2 * tile, height: 2 * tile)) else {
      throw fields.node.error("an image of two by two tiles makes more than \(Workload.tokenLimit) tokens")
    }
    self.vision = vision
    connector?.newline = true
    // Unlike LLaVA's, this class in transformers does not look for the key in "text_config".
    language?.tiedEmbeddings = try fields.boolean("tie_word_embeddings", default: false)
  }
}

extension ConfigFields {
  /// The vision tower: of `vision_config`, or CLIP ViT-L/14 at 336 pixels where there is none.
  fileprivate func tower() throws(Diagnostic) -> (encoder: VisionEncoder, source: Model.Source) {
    var family = VisionFamily.clip
    guard self["vision_config"] != nil else {
      (family.width, family.feedForward, family.layers, family.heads) = (1024, 4096, 24, 16)
      (family.imageSize, family.patchSize) = (336, 14)
      let text = "\(node.position.file) without vision_config: CLIP ViT-L/14 at 336 pixels, as transformers 5.23.0"
      let source = Model.Source(part: "vision", text: text, assumed: ["vision_config"])
      return (try VisionEncoder(config: ConfigFields(empty: node), family: family), source)
    }
    let fields = try part("vision_config")
    if let type = fields["model_type"] { family = try Self.family(type, of: VisionFamily.all, by: \.type) }
    let encoder = try VisionEncoder(config: fields, family: family)
    return (encoder, fields.source("vision", family.architecture))
  }

  /// The language model: of `text_config`, or LLaMA 7B where there is none.
  fileprivate func text() throws(Diagnostic) -> (language: LanguageModel, source: Model.Source) {
    let fields = try part("text_config")
    var family = DecoderFamily.llama
    if let type = fields["model_type"] { family = try Self.family(type, of: DecoderFamily.all, by: \.type) }
    let language = try LanguageModel(config: fields, family: family)
    return (language, fields.source("language", family.architecture))
  }

  static func family<Family>(
    _ node: Node, of known: [Family], by type: (Family) -> String
  ) throws(Diagnostic) -> Family {
    let name = try node.text("\"model_type\"")
    guard let family = known.first(where: { type($0) == name }) else {
      throw node.error("unknown model type \(node.summary); known are \(known.map(type).joined(separator: ", "))")
    }
    return family
  }

  /// The layers whose outputs the connector gets side by side, counted from 1; 0 is the embedding.
  fileprivate func featureLayers(of encoder: VisionEncoder) throws(Diagnostic) -> [Int] {
    let key = "vision_feature_layer"
    let range = -encoder.layers - 1...encoder.layers
    var layers: [Int] = []
    switch self[key]?.content {
    case nil: layers = [-2]
    case .sequence: layers = try integers(key, in: range)
    default: layers = [try integer(key, in: range, default: -2)]
    }
    guard (1...64).contains(layers.count), layers.allSatisfy(range.contains) else {
      throw (self[key] ?? node).error("expected \"\(key)\" to name 1 to 64 of the \(encoder.layers) layers")
    }
    return layers.map { $0 < 0 ? encoder.layers + 1 + $0 : $0 }
  }

  /// The resolutions of `image_grid_pinpoints`, each [height, width].
  fileprivate func resolutions(tile: Int) throws(Diagnostic) -> [ImageSize] {
    let key = "image_grid_pinpoints"
    guard let node = self[key] else {
      // The defaults of transformers, which are made for tiles of 336 pixels.
      let sizes = [(1, 2), (2, 1), (2, 2), (3, 1), (1, 3)]
      guard tile == 336 else {
        throw self.node.error("the configuration lacks \"\(key)\"; its defaults need tiles of 336 pixels")
      }
      return sizes.map { ImageSize(width: $0.1 * tile, height: $0.0 * tile) }
    }
    var sizes: [ImageSize] = []
    for item in try node.items("\"\(key)\"").prefix(1025) {
      let pair = try item.items("a resolution")
      guard pair.count == 2 else { throw item.error("expected a resolution to be [height, width]") }
      let height = try pair[0].integer("a height", in: tile...ImageSize.limit)
      let width = try pair[1].integer("a width", in: tile...ImageSize.limit)
      guard height % tile == 0, width % tile == 0 else {
        throw item.error("expected a multiple of the tile's \(tile) pixels, found \(height) x \(width)")
      }
      sizes.append(ImageSize(width: width, height: height))
    }
    guard (1...1024).contains(sizes.count) else { throw node.error("expected 1 to 1024 resolutions") }
    return sizes
  }

  /// Whether the first token of an image, CLIP's class token, is dropped.
  fileprivate func dropsFirstToken() throws(Diagnostic) -> Bool {
    guard let node = self["vision_feature_select_strategy"] else { return true }
    let strategy = try node.text("\"vision_feature_select_strategy\"")
    guard strategy == "default" || strategy == "full" else {
      throw node.error("expected \"vision_feature_select_strategy\" to be default or full, found \(node.summary)")
    }
    return strategy == "default"
  }
}
