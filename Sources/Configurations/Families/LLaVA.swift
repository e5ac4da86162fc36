internal import Architectures
internal import Documents
internal import Operators

extension MultimodalFamily {
  /// LLaVA 1.5 and what shares its class: any tower, a perceptron, any language model.
  static var llava: MultimodalFamily {
    MultimodalFamily("LlavaForConditionalGeneration", types: "llava") { (fields) throws(Diagnostic) in
      try readLLaVA(fields, "LlavaForConditionalGeneration")
    }
  }

  /// LLaVA-NeXT (1.6), which cuts images into tiles.
  static var llavaNext: MultimodalFamily {
    MultimodalFamily("LlavaNextForConditionalGeneration", types: "llava_next") { (fields) throws(Diagnostic) in
      var model = try readLLaVA(fields, "LlavaNextForConditionalGeneration")
      try model.readTiling(fields)
      // Unlike its relatives', this class in transformers does not look for the key in "text_config".
      model.language?.tiedEmbeddings = try fields.boolean("tie_word_embeddings", default: false)
      return model
    }
  }

  /// LLaVA-OneVision: LLaVA-NeXT's tiles, scaled down where they would be too many tokens.
  static var llavaOneVision: MultimodalFamily {
    MultimodalFamily(
      "LlavaOnevisionForConditionalGeneration", types: "llava_onevision"
    ) { (fields) throws(Diagnostic) in
      var model = try readLLaVA(
        fields, "LlavaOnevisionForConditionalGeneration", text: .qwen2, feature: -1, strategy: "full")
      try model.readTiling(fields, mostTiles: try fields.mostTiles)
      // Of a video every frame is pooled two by two, and one newline ends it.
      if let grid = model.vision?.encoder.gridSize {
        model.vision?.tokensPerFrame = ((grid + 1) / 2) * ((grid + 1) / 2)
      }
      model.vision?.tokensPerVideo = 1
      return model
    }
  }

  /// LLaVA-NeXT-Video, which reads still images as LLaVA-NeXT does.
  static var llavaNextVideo: MultimodalFamily {
    MultimodalFamily(
      "LlavaNextVideoForConditionalGeneration", types: "llava_next_video"
    ) { (fields) throws(Diagnostic) in
      var model = try readLLaVA(fields, "LlavaNextVideoForConditionalGeneration")
      try model.readTiling(fields)
      let stride = try fields.integer("spatial_pool_stride", in: 1...64, default: 2, decidesSize: false)
      if let grid = model.vision?.encoder.gridSize { model.vision?.tokensPerFrame = (grid / stride) * (grid / stride) }
      return model
    }
  }

  /// Video-LLaVA: a tower for still images and one for videos, whose frames keep their class tokens.
  static var videoLlava: MultimodalFamily {
    MultimodalFamily("VideoLlavaForConditionalGeneration", types: "video_llava") { (fields) throws(Diagnostic) in
      var model = try readLLaVA(fields, "VideoLlavaForConditionalGeneration")
      model.vision?.copies = 2
      model.vision?.droppedTokens = 0
      model.language?.tiedEmbeddings = try fields.boolean("tie_word_embeddings", default: false)
      model.images = 8
      return model
    }
  }

  /// Reads a configuration of vision tower, perceptron and language model.
  private static func readLLaVA(
    _ fields: ConfigFields, _ architecture: String, text family: LanguageFamily = .llama, feature: Int = -2,
    strategy: String = "default"
  ) throws(Diagnostic) -> MultimodalModel {
    var tower = try fields.llavaTower()
    var text = try fields.language(default: family)
    let features = try fields.featureLayers(of: tower.part.encoder, default: feature)
    if try fields.boolean("tie_word_embeddings", default: false) { text.part.tiedEmbeddings = true }
    let encoder = tower.part.encoder
    let connector = Connector(
      widths: [encoder.block.width * features.count, text.part.block.width, text.part.block.width],
      activation: try fields.activation("projector_hidden_act", default: .gelu),
      bias: try fields.boolean("multimodal_projector_bias", default: true))
    tower.part.layersUsed = features.max() ?? encoder.layers
    tower.part.droppedTokens = try fields.dropsFirstToken(default: strategy) ? 1 : 0
    if case .rows(var rows) = tower.part.resolution {
      rows.longest = try fields.processor.size("longest_edge") ?? rows.longest
      try tower.part.read(.rows(rows), of: fields, image: min(448, rows.longest))
    }
    guard tower.part.tokensPerImage > 0 else {
      throw fields.node.error("an image makes no token besides the first one")
    }
    return MultimodalModel(vision: tower, connector: connector, fields.connectorSource(architecture), language: text)
  }
}

extension MultimodalModel {
  /// Reads how LLaVA-NeXT cuts images; without a size given they are squares of two by two tiles.
  mutating func readTiling(_ fields: ConfigFields, mostTiles: Int? = nil) throws(Diagnostic) {
    guard var vision else { return }
    guard vision.tokensPerTile == vision.encoder.patches else {
      throw fields.node.error("tiles need all patches and no class token; check \"vision_feature_select_strategy\"")
    }
    let tile = vision.encoder.imageSize
    let tiling = try fields.tiling(tile: tile, mostTiles: mostTiles)
    try vision.read(.tiles(tiling), of: fields, image: 2 * tile)
    self.vision = vision
    let newline = connector?.outputWidth ?? 0
    connector?.separatorElements = newline
  }
}

extension ConfigFields {
  /// The vision tower: of `vision_config`, or CLIP ViT-L/14 at 336 pixels where there is none.
  fileprivate func llavaTower() throws(Diagnostic) -> ReadPart<MultimodalModel.Vision> {
    guard self["vision_config"] == nil else { return try tower() }
    let text = "\(node.position.file) without vision_config: CLIP ViT-L/14 at 336 pixels, as transformers 5.23.0"
    let source = MultimodalModel.Source(part: "vision", text: text, assumed: ["vision_config"])
    return ReadPart(
      part: MultimodalModel.Vision(try VisionEncoder(clip: ConfigFields(empty: node), .largeCLIP)), source: source)
  }

  /// The layers whose outputs the connector gets side by side, counted from 1; 0 is the embedding.
  func featureLayers(of encoder: VisionEncoder, default fallback: Int) throws(Diagnostic) -> [Int] {
    let key = "vision_feature_layer"
    let range = -encoder.layers - 1...encoder.layers
    var layers: [Int] = []
    switch self[key]?.content {
    case nil: layers = [fallback]
    case .sequence: layers = try integers(key, in: range)
    default: layers = [try integer(key, in: range, default: -2)]
    }
    guard (1...64).contains(layers.count), layers.allSatisfy(range.contains) else {
      throw (self[key] ?? node).error("expected \"\(key)\" to name 1 to 64 of the \(encoder.layers) layers")
    }
    return layers.map { $0 < 0 ? encoder.layers + 1 + $0 : $0 }
  }

  /// The most tiles whose patches LLaVA-OneVision leaves; nil for any number.
  var mostTiles: Int? {
    get throws(Diagnostic) {
      guard let node = self["vision_aspect_ratio"] else { return 9 }
      let text = try node.text("\"vision_aspect_ratio\"")
      let most = text.hasPrefix("anyres_max_") ? Int(text.dropFirst(11)) : nil
      guard text == "anyres" || most != nil else {
        throw node.error("expected \"vision_aspect_ratio\" to be anyres or anyres_max_9, found \(node.summary)")
      }
      return most
    }
  }

  /// How images are cut into tiles of so many pixels.
  func tiling(tile: Int, mostTiles: Int?) throws(Diagnostic) -> ImageTiling {
    var tiling = ImageTiling(resolutions: try resolutions(tile: tile, mostTiles: mostTiles))
    tiling.mostTiles = mostTiles
    return tiling
  }

  /// The resolutions of `image_grid_pinpoints`, each [height, width].
  private func resolutions(tile: Int, mostTiles: Int? = nil) throws(Diagnostic) -> [ImageSize] {
    let key = "image_grid_pinpoints"
    guard let node = self[key] else {
      // The defaults of transformers, which are made for tiles of 336 pixels.
      let sizes = [(1, 2), (2, 1), (2, 2), (3, 1), (1, 3)]
      if mostTiles != nil {
        return (1...6).flatMap { row in (1...6).map { ImageSize(width: $0 * tile, height: row * tile) } }
      }
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
  func dropsFirstToken(default fallback: String) throws(Diagnostic) -> Bool {
    guard let node = self["vision_feature_select_strategy"] else { return fallback == "default" }
    let strategy = try node.text("\"vision_feature_select_strategy\"")
    guard strategy == "default" || strategy == "full" else {
      throw node.error("expected \"vision_feature_select_strategy\" to be default or full, found \(node.summary)")
    }
    return strategy == "default"
  }
}
