internal import Architectures
internal import Documents
internal import Operators

extension LanguageFamily {
  /// The language model of Llama 3.2 Vision: LLaMA with gated layers between its own that read images, and skip text
  /// without any.
  static var mllama: LanguageFamily {
    LanguageFamily("MllamaForCausalLM", types: "mllama_text_model", read: readMllama)
  }

  @Sendable private static func readMllama(_ fields: ConfigFields) throws(Diagnostic) -> LanguageModel {
    let reader = try DecoderReader(
      fields,
      DecoderDefaults(vocabulary: 128_256, width: 4096, feedForward: 14_336, layers: 40, heads: 32, kvHeads: 8))
    let key = "cross_attention_layers"
    var places = try fields.integers(key, in: 0...Limit.layers.upperBound)
    if !fields.contains(key) { places = [3, 8, 13, 18, 23, 28, 33, 38].filter { $0 < reader.layers } }
    guard places == Array(Set(places)).sorted(), places.count < reader.layers, (places.last ?? 0) < reader.layers else {
      throw (fields[key] ?? fields.node).error(
        "expected \"\(key)\" to name some of the \(reader.layers) layers in ascending order")
    }
    let all = try reader.language()
    var language = all
    language.stack = LayerStack(reader.block, layers: reader.layers - places.count)
    // The image's own tokens are read, never predicted.
    language.outputs = all.vocabulary
    language.vocabulary += 8
    var block = reader.block
    (block.rotaryWidth, block.queryKeyNorm, block.gateWidth) = (0, .rms, 1)
    // Counted among the layers of its own: those that read images do not count.
    language.crossAttention = CrossAttention(
      block: block, places: places.enumerated().map { $0.element - $0.offset }, imageWidth: block.width)
    language.crossAttention?.needsImages = true
    return language
  }
}

extension MultimodalFamily {
  /// Llama 3.2 Vision: a tower over four tiles at once, in two stacks, one product.
  static var mllamaVision: MultimodalFamily {
    MultimodalFamily("MllamaForConditionalGeneration", types: "mllama", read: readMllamaVision)
  }

  @Sendable private static func readMllamaVision(_ fields: ConfigFields) throws(Diagnostic) -> MultimodalModel {
    let architecture = "MllamaForConditionalGeneration"
    let text = try fields.language(default: .mllama)
    let part = try fields.part("vision_config").renamed(["num_attention_heads": "attention_heads"])
    var encoder = try VisionEncoder(
      config: part,
      VisionDefaults(
        width: 1280, feedForward: 5120, layers: 32, heads: 16, imageSize: 448, patchSize: 14, activation: .gelu),
      classToken: true, preNorm: true)
    (encoder.block.qkvBias, encoder.block.attentionOutputBias) = (false, false)
    encoder.normsAllTokens = true
    var global = encoder.block
    global.gateWidth = 1
    encoder.globalLayers = LayerStack(
      global, layers: try part.integer("num_global_layers", in: Limit.layers, default: 8))
    let tiles = try part.integer("max_num_tiles", in: 1...64, default: 4)
    encoder.tilesOfSequence = tiles
    encoder.tokenMultiple = 8
    // Tables of every arrangement of tiles, and the gates of three kinds of positions.
    let arrangements = 1 + (try part["supported_aspect_ratios"]?.items("\"supported_aspect_ratios\"").count ?? 8)
    let (width, positions) = (encoder.block.width, encoder.patches + 1)
    encoder.otherParameters = arrangements * tiles * width * (positions + 2) + 3
    let connector = Connector(
      widths: [try part.integer("vision_output_dim", in: Limit.width, default: 7680), text.part.block.width])
    var vision = MultimodalModel.Vision(
      encoder: encoder, layersUsed: encoder.layers, droppedTokens: encoder.tokens - tiles * positions)
    vision.packedTokens = tiles * positions
    return MultimodalModel(
      vision: ReadPart(part: vision, source: part.source("vision", architecture)), connector: connector,
      fields.connectorSource(architecture), language: text)
  }
}
