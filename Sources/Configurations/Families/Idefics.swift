internal import Architectures
internal import Documents
internal import Operators

extension MultimodalFamily {
  /// IDEFICS: CLIP's tower, a perceiver, and LLaMA with gated cross-attention between its layers. Visual tokens never
  /// stand in its prompt.
  static var idefics: MultimodalFamily {
    MultimodalFamily("IdeficsForVisionText2Text", types: "idefics", read: readIdefics)
  }

  @Sendable private static func readIdefics(_ fields: ConfigFields) throws(Diagnostic) -> MultimodalModel {
    let fields = fields.renamed(["max_position_embeddings": "max_sequence_length"])
    let architecture = "IdeficsForVisionText2Text"
    let reader = try DecoderReader(
      fields, DecoderDefaults(vocabulary: 32_000, width: 4096, feedForward: 11_008, layers: 32, heads: 32))
    var language = try reader.language()
    try fields.readDefaultPositions(of: &language, types: ["idefics"])
    language.vocabulary += try fields.integer(
      "additional_vocab_size", in: 0...Limit.vocabulary.upperBound, default: 0, decidesSize: false)
    let part = try fields.part("vision_config")
    // The second name of the width is one that transformers prefers.
    let encoder = try VisionEncoder(
      clip: part,
      VisionDefaults(
        feedForward: 5120, layers: 32, heads: 16, patchSize: 14, activation: .gelu,
        widthKey: part.contains("hidden_size") ? "hidden_size" : "embed_dim"))
    language.crossAttention = try CrossAttention(
      config: fields, block: language.block, layers: language.layers, imageWidth: encoder.block.width)
    // CLIP's class token is attended to as the patches are.
    var vision = MultimodalModel.Vision(encoder: encoder, layersUsed: encoder.layers, droppedTokens: 0)
    var connector: Connector?
    let resampler = try fields.part("perceiver_config")
    if try fields.boolean("use_resampler", default: false) {
      let perceiver = try Perceiver(config: resampler, width: encoder.block.width)
      connector = Connector(widths: [encoder.block.width])
      connector?.compressor = .perceiver(perceiver)
      vision.packedTokens = perceiver.latents
    }
    return MultimodalModel(
      vision: ReadPart(part: vision, source: part.source("vision", architecture)), connector: connector,
      resampler.source("connector", architecture),
      language: ReadPart(part: language, source: fields.source("language", architecture)))
  }
}

extension CrossAttention {
  /// The layers that the configuration of IDEFICS puts between those of the language model, of the same sizes.
  fileprivate init(
    config fields: ConfigFields, block: TransformerBlock, layers: Int, imageWidth: Int
  ) throws(Diagnostic) {
    let key = "cross_layer_interval"
    let interval = try fields.integer(key, in: Limit.layers, default: 1)
    guard layers % interval == 0 else {
      throw (fields[key] ?? fields.node).error(
        "expected \"\(key)\" to divide the \(layers) layers, found \(interval)")
    }
    var block = block
    block.rotaryWidth = 0
    if try fields.boolean("qk_layer_norms", default: false) { block.queryKeyNorm = .rms }
    block.gateWidth = 1
    if let node = fields["alpha_type"] {
      let type = try node.text("\"alpha_type\"")
      guard ["float", "vector"].contains(type) else {
        throw node.error("expected \"alpha_type\" to be float or vector, found \(node.summary)")
      }
      if type == "vector" { block.gateWidth = block.width }
    }
    self.init(block: block, places: Array(stride(from: 0, to: layers, by: interval)), imageWidth: imageWidth)
  }
}

extension Perceiver {
  /// The perceiver of `perceiver_config`; defaults are those of IdeficsPerceiverConfig in transformers 5.23.0.
  fileprivate init(config fields: ConfigFields, width: Int) throws(Diagnostic) {
    self.init(
      latents: try fields.integer("resampler_n_latents", in: Limit.queries, default: 64),
      layers: try fields.integer("resampler_depth", in: Limit.layers, default: 6), width: width,
      heads: try fields.integer("resampler_n_heads", in: Limit.heads, default: 16),
      headWidth: try fields.integer("resampler_head_dim", in: Limit.headWidth, default: 96),
      normsQueriesAndKeys: try fields.boolean("qk_layer_norms_perceiver", default: false))
  }
}
