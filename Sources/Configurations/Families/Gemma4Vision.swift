internal import Architectures
internal import Documents
internal import Operators

extension MultimodalFamily {
  /// Gemma 4: a gated tower at an image's own shape, the mean of cells of tokens, one product.
  static var gemma4Vision: MultimodalFamily {
    MultimodalFamily("Gemma4ForConditionalGeneration", types: "gemma4", read: readGemma4Vision)
  }

  private static func readGemma4Block(_ part: ConfigFields) throws(Diagnostic) -> TransformerBlock {
    let (width, heads) = try part.dividedWidth(
      "hidden_size", default: 768, heads: "num_attention_heads", default: 12)
    let headWidth = try part.integer("head_dim", in: Limit.headWidth, default: 64)
    var block = TransformerBlock.encoder(
      width: width, heads: heads, headWidth: headWidth,
      feedForward: try part.integer("intermediate_size", in: Limit.width, default: 3072),
      activation: try part.activation("hidden_act", default: .geluTanh))
    block.kvHeads = try part.kvHeads(heads: heads, default: heads)
    (block.norm, block.gated, block.arrangement, block.rotaryWidth) = (.rms, true, .sandwiched, headWidth)
    (block.queryKeyNorm, block.valueNorm) = (.rms, .rmsWithoutWeight)
    block.qkvBias = try part.boolean("attention_bias", default: false)
    (block.attentionOutputBias, block.feedForwardBias) = (block.qkvBias, false)
    return block
  }

  @Sendable private static func readGemma4Vision(_ fields: ConfigFields) throws(Diagnostic) -> MultimodalModel {
    let architecture = "Gemma4ForConditionalGeneration"
    if let audio = fields["audio_config"] {
      throw audio.error("an audio encoder is not understood; set \"audio_config\" to null to leave it out")
    }
    let text = try fields.language(default: .gemma4)
    let part = try fields.part("vision_config").renamed(["hidden_act": "hidden_activation"])
    let patch = try part.integer("patch_size", in: Limit.patchSize, default: 16)
    let pooled = try part.integer("pooling_kernel_size", in: 1...64, default: 3, decidesSize: false)
    let block = try readGemma4Block(part)
    let key = "vision_soft_tokens_per_image"
    let tokens = try fields.processor.optionalInteger("max_soft_tokens", in: 1...Workload.tokenLimit, default: nil)
    let stated = try fields.integer(key, in: 1...Workload.tokenLimit, default: 280, decidesSize: false)
    let most = (tokens ?? stated) * pooled * pooled
    var encoder = VisionEncoder(
      imageSize: 16 * pooled * patch, patchSize: patch,
      layers: try part.integer("num_hidden_layers", in: Limit.layers, default: 16), block: block, classToken: false,
      preNorm: false)
    encoder.postNorm = false
    // One table for rows and one for columns.
    encoder.storedPositions =
      2
      * (try part.integer(
        "position_embedding_size", in: 1...Workload.tokenLimit / 2, default: 10_240))
    let connector = Connector(
      from: block.width,
      [.pool(pooled * pooled), .norm(.rmsWithoutWeight), .product(text.part.block.width, bias: false)])
    var vision = MultimodalModel.Vision(encoder)
    // The image fills as many patches as there may be, up as well as down.
    let pixels = most * patch * patch
    let native = NativeResolution(cell: pooled * patch, minimum: pixels, maximum: pixels, fills: true)
    try vision.read(.native(native), of: fields, image: 768)
    return MultimodalModel(
      vision: ReadPart(part: vision, source: part.source("vision", architecture)), connector: connector,
      fields.connectorSource(architecture), language: text)
  }
}
