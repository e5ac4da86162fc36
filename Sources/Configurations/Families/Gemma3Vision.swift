internal import Architectures
internal import Documents
internal import Operators

extension MultimodalFamily {
  /// Gemma 3: SigLIP at one size, the mean of neighbouring tokens, a norm and a product.
  static var gemma3Vision: MultimodalFamily {
    MultimodalFamily("Gemma3ForConditionalGeneration", types: "gemma3", read: readGemma3Vision)
  }

  @Sendable private static func readGemma3Vision(_ fields: ConfigFields) throws(Diagnostic) -> MultimodalModel {
    var text = try fields.language(default: .gemma3)
    text.part.tiedEmbeddings = try fields.isTied(default: true)
    var tower = try fields.tower(default: .siglip)
    let encoder = tower.part.encoder
    let key = "mm_tokens_per_image"
    let tokens = try fields.integer(key, in: 1...Workload.tokenLimit, default: 256)
    guard encoder.patches % tokens == 0 else {
      throw (fields[key] ?? fields.node).error(
        "expected \"\(key)\" to divide the \(encoder.patches) patches of an image, found \(tokens)")
    }
    tower.part.packedTokens = tokens
    let connector = Connector(
      from: encoder.block.width,
      [.pool(encoder.patches / tokens), .norm(.rms), .product(text.part.block.width, bias: false)])
    return MultimodalModel(vision: tower, connector: connector, fields.connectorSource("Gemma3"), language: text)
  }

  /// PaliGemma: SigLIP, one product, Gemma.
  static var paliGemma: MultimodalFamily {
    MultimodalFamily("PaliGemmaForConditionalGeneration", types: "paligemma") { (fields) throws(Diagnostic) in
      var text = try fields.language(default: .gemma)
      text.part.tiedEmbeddings = try fields.isTied(default: true)
      let tower = try fields.tower(default: .siglip)
      let connector = Connector(widths: [tower.part.encoder.block.width, text.part.block.width])
      return MultimodalModel(vision: tower, connector: connector, fields.connectorSource("PaliGemma"), language: text)
    }
  }

  /// Aya Vision: tiles of SigLIP, pixel shuffle, a gated perceptron.
  static var ayaVision: MultimodalFamily {
    MultimodalFamily("AyaVisionForConditionalGeneration", types: "aya_vision", read: readAyaVision)
  }

  @Sendable private static func readAyaVision(_ fields: ConfigFields) throws(Diagnostic) -> MultimodalModel {
    var text = try fields.language(default: .cohere2)
    text.part.tiedEmbeddings = try fields.isTied(default: true)
    var tower = try fields.tower(default: .siglip)
    let (encoder, width) = (tower.part.encoder, text.part.block.width)
    let side = try fields.integer("downsample_factor", in: 1...64, default: 2, decidesSize: false)
    let inner = try fields.integer("alignment_intermediate_size", in: Limit.width, default: width)
    let connector = Connector(
      from: encoder.block.width,
      [
        .merge(side * side), .norm(.layer), .product(inner, bias: true), .gate(.silu), .product(width, bias: true),
      ])
    let most = try fields.processor.optionalInteger("max_patches", in: 1...1024, default: nil) ?? 12
    let canvas = TileCanvas(.nearestRatio(least: 1, most: most), tokensPerTile: encoder.patches / (side * side))
    try tower.part.read(.canvas(canvas), of: fields, image: encoder.imageSize)
    return MultimodalModel(vision: tower, connector: connector, fields.connectorSource("AyaVision"), language: text)
  }
}
