internal import Documents
internal import Operators

extension Model {
  /// Reads a configuration of IDEFICS: CLIP's tower, a perceiver, and LLaMA with gated cross-attention between its
  /// layers. Visual tokens never stand in its prompt.
  init(idefics fields: ConfigFields, architecture: String, name: String) throws(Diagnostic) {
    var language = try LanguageModel(config: fields, family: .idefics)
    language.vocabulary += try fields.integer(
      "additional_vocab_size", in: 0...Limit.vocabulary.upperBound, default: 0, decidesSize: false)
    let part = try fields.part("vision_config")
    var family = VisionFamily.idefics
    // Both names are in use for the same key.
    if part["embed_dim"] != nil { family.widthKey = "embed_dim" }
    let encoder = try VisionEncoder(config: part, family: family)
    language.crossAttention = try CrossAttention(
      config: fields, block: language.block, layers: language.layers, imageWidth: encoder.block.width)
    // CLIP's class token is attended to as the patches are.
    var vision = Vision(encoder: encoder, layersUsed: encoder.layers, droppedTokens: 0)
    var connector: Connector?
    let resampler = try fields.part("perceiver_config")
    if try fields.boolean("use_resampler", default: false) {
      let perceiver = try Perceiver(config: resampler, width: encoder.block.width)
      connector = Connector(widths: [encoder.block.width])
      connector?.compressor = .perceiver(perceiver)
      vision.packedTokens = perceiver.latents
    }
    self.init(
      name: name, title: "\(name) (\(architecture))", vision: vision, connector: connector, language: language)
    sources = [part.source("vision", architecture), fields.source("language", architecture)]
    if connector != nil { sources.insert(resampler.source("connector", architecture), at: 1) }
  }
}

extension CrossAttention {
  /// The layers that the configuration of IDEFICS puts between those of the language model, of the same sizes.
  fileprivate init(
    config fields: ConfigFields, block: TransformerBlock, layers: Int, imageWidth: Int
  ) throws(Diagnostic) {
    let key = "cross_layer_interval"
    interval = try fields.integer(key, in: Limit.layers, default: 1)
    guard layers % interval == 0 else {
      throw (fields[key] ?? fields.node).error(
        "expected \"\(key)\" to divide the \(layers) layers, found \(interval)")
    }
    self.block = block
    self.block.rotaryWidth = 0
    if try fields.boolean("qk_layer_norms", default: false) { self.block.queryKeyNorm = .rms }
    self.imageWidth = imageWidth
    gateWidth = 1
    if let node = fields["alpha_type"] {
      let type = try node.text("\"alpha_type\"")
      guard ["float", "vector"].contains(type) else {
        throw node.error("expected \"alpha_type\" to be float or vector, found \(node.summary)")
      }
      if type == "vector" { gateWidth = block.width }
    }
  }
}

extension Perceiver {
  /// The perceiver of `perceiver_config`; defaults are those of IdeficsPerceiverConfig in transformers 5.23.0.
  fileprivate init(config fields: ConfigFields, width: Int) throws(Diagnostic) {
    self.width = width
    latents = try fields.integer("resampler_n_latents", in: Limit.queries, default: 64)
    layers = try fields.integer("resampler_depth", in: Limit.layers, default: 6)
    heads = try fields.integer("resampler_n_heads", in: Limit.heads, default: 16)
    headWidth = try fields.integer("resampler_head_dim", in: Limit.headWidth, default: 96)
    feedForward = 4 * width
    normsQueriesAndKeys = try fields.boolean("qk_layer_norms_perceiver", default: false)
  }
}
