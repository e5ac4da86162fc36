internal import Architectures
internal import Documents
internal import Operators

extension MultimodalFamily {
  /// DeepSeek-VL2: tiles of SigLIP, two by two patches side by side, a perceptron, DeepSeek's experts.
  static var deepseekVL2: MultimodalFamily {
    MultimodalFamily("DeepseekVLV2ForCausalLM", types: "deepseek_vl_v2", read: readDeepseekVL2)
  }

  /// Source: modeling_deepseek_vl_v2.py, siglip_vit.py and processing_deepseek_vl_v2.py of
  /// github.com/deepseek-ai/DeepSeek-VL2, commit faf1802.
  @Sendable private static func readDeepseekVL2(_ fields: ConfigFields) throws(Diagnostic) -> MultimodalModel {
    let architecture = "DeepseekVLV2ForCausalLM"
    let part = try fields.part("language_config")
    let text = ReadPart(
      part: try LanguageFamily.deepseekV2.read(part), source: part.source("language", "DeepseekV2ForCausalLM"))
    let width = text.part.block.width
    let sight = try fields.part("vision_config")
    let encoder = try VisionEncoder(deepseekVL2: sight)
    let projector = try fields.part("projector_config")
    let output = try projector.integer("n_embed", in: Limit.width, default: 2048)
    guard output == width else {
      throw (projector["n_embed"] ?? projector.node).error(
        "expected \"n_embed\" to be the language model's width, \(width); found \(output)")
    }
    let side = try projector.integer("downsample_ratio", in: 1...64, default: 2, decidesSize: false)
    let inner = output * (try projector.integer("mlp_ratio", in: 1...64, default: 1, decidesSize: false))
    let products = try projector.integer("depth", in: 2...64, default: 2, decidesSize: false)
    var steps: [Connector.Step] = [.merge(side * side), .product(inner, bias: true), .activation(.gelu)]
    for _ in 0..<(products - 2) { steps += [.product(inner, bias: true), .activation(.gelu)] }
    var connector = Connector(from: encoder.block.width, steps + [.product(output, bias: true)])
    // Learned tokens at the ends of rows and between the whole and its tiles.
    connector.separatorElements = 2 * width
    let rows = (encoder.gridSize + side - 1) / side
    var canvas = TileCanvas(
      .listed(ImageTiling(resolutions: try fields.candidates(tile: encoder.imageSize))), tokensPerTile: rows * rows)
    (canvas.whole, canvas.rowsPerTile) = (.always, rows)
    var vision = MultimodalModel.Vision(encoder)
    try vision.read(.canvas(canvas), of: fields, image: encoder.imageSize)
    return MultimodalModel(
      vision: ReadPart(part: vision, source: sight.source("vision", architecture)), connector: connector,
      fields.connectorSource(architecture), language: text)
  }
}

extension ConfigFields {
  /// The sizes of `candidate_resolutions`, each [width, height], or one tile.
  fileprivate func candidates(tile: Int) throws(Diagnostic) -> [ImageSize] {
    let key = "candidate_resolutions"
    guard let node = self[key] else { return [ImageSize(width: tile, height: tile)] }
    var sizes: [ImageSize] = []
    for item in try node.items("\"\(key)\"").prefix(1025) {
      var sides: [Int] = []
      for side in try item.items("a resolution") {
        sides.append(try side.integer("a side", in: tile...ImageSize.limit))
      }
      guard sides.count == 2, sides.allSatisfy({ $0 % tile == 0 }) else {
        throw item.error("expected two sides that are multiples of \(tile) pixels, found \(sides)")
      }
      sizes.append(ImageSize(width: sides[0], height: sides[1]))
    }
    guard (1...1024).contains(sizes.count) else { throw node.error("expected 1 to 1024 resolutions") }
    return sizes
  }
}

extension VisionEncoder {
  /// SigLIP as timm writes it; the head that pools is stored and does not run.
  fileprivate init(deepseekVL2 fields: ConfigFields) throws(Diagnostic) {
    let (width, heads) = try fields.dividedWidth("width", default: 1152, heads: "heads", default: 16)
    let ratio = try fields["mlp_ratio"]?.number("\"mlp_ratio\"", in: 0.01...64) ?? 3.7362
    let block = TransformerBlock.encoder(
      width: width, heads: heads, headWidth: width / heads, feedForward: Int(Double(width) * ratio),
      activation: .geluTanh)
    self.init(
      imageSize: try fields.side("image_size", in: Limit.imageSize, default: 384),
      patchSize: try fields.integer("patch_size", in: Limit.patchSize, default: 14),
      layers: try fields.integer("layers", in: Limit.layers, default: 27), block: block, classToken: false,
      preNorm: false)
    patchBias = true
    try checkPatches(fields["patch_size"] ?? fields.node)
    var pooling = self
    pooling.poolingHead = true
    otherParameters = Int(pooling.parameters.count - parameters.count)
  }
}
