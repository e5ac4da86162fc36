internal import Architectures
internal import Documents
internal import Operators

extension LanguageFamily {
  /// Gemma 4: global layers with wider heads whose values are their keys, experts beside a plain feed-forward block.
  static var gemma4: LanguageFamily { LanguageFamily("Gemma4ForCausalLM", types: "gemma4_text", read: readGemma4) }

  private static func readGemma4Experts(_ reader: inout DecoderReader) throws(Diagnostic) -> MixtureOfExperts {
    var experts = try reader.experts(
      ["num_experts"], default: 128, perToken: nil, perTokenKey: "top_k_experts", width: ("moe_intermediate_size", 0))
    experts.besideDense = true
    return experts
  }

  @Sendable private static func readGemma4(_ fields: ConfigFields) throws(Diagnostic) -> LanguageModel {
    var reader = try DecoderReader(
      fields,
      DecoderDefaults(
        vocabulary: 262_144, width: 2304, feedForward: 9216, layers: 30, heads: 8, kvHeads: 4, headWidth: 256,
        tied: true, activation: .geluTanh, activationKey: "hidden_activation"))
    try fields.refuseModelsForPhones()
    try reader.readAttentionBias()
    reader.block.arrangement = .sandwiched
    (reader.block.queryKeyNorm, reader.block.valueNorm) = (.rms, .rmsWithoutWeight)
    if try fields.boolean("enable_moe_block", default: false) {
      reader.block.experts = try readGemma4Experts(&reader)
    }
    var global = reader.block
    global.headWidth = try fields.integer("global_head_dim", in: Limit.headWidth, default: 512)
    global.rotaryWidth = global.headWidth
    if try fields.boolean("attention_k_eq_v", default: false) {
      global.sharesKeysAndValues = true
      global.kvHeads =
        try fields.optionalInteger("num_global_key_value_heads", in: 1...global.heads, default: nil) ?? global.kvHeads
    }
    let window = try reader.window(default: 512)
    var windowed = try reader.layers(of: "sliding_attention") { ($0 + 1) % 6 != 0 }
    // The last layer sees all, whatever the pattern says.
    windowed[windowed.count - 1] = false
    let stated = try fields.layerFigures(reader.layers)
    var language = try reader.language { (block, layer) in
      if windowed[layer] { block.window = window } else if stated == nil { block = global }
      guard let figures = stated?[layer] else { return }
      block.headWidth = figures.headWidth ?? block.headWidth
      block.rotaryWidth = block.headWidth
      block.kvHeads = figures.kvHeads ?? block.kvHeads
      block.sharesKeysAndValues = !windowed[layer] && global.sharesKeysAndValues
    }
    language.scalesEmbeddings = true
    language.capsLogits = try fields.caps("final_logit_softcapping", default: false)
    return language
  }
}

extension ConfigFields {
  fileprivate func refuseModelsForPhones() throws(Diagnostic) {
    for (key, fallback) in [("hidden_size_per_layer_input", 256), ("num_kv_shared_layers", 0)] {
      let count = try integer(key, in: 0...Limit.width.upperBound, default: fallback, decidesSize: false)
      guard count == 0 else {
        throw (self[key] ?? node).error(
          "\"\(key)\" of \(count): the models of Gemma 4 for phones, with embeddings for every layer, are not understood"
        )
      }
    }
  }

  /// The figures that `per_layer_config` gives layers of their own, as transformers 5.24 writes it in place of the keys
  /// of global layers; nil where it is absent.
  fileprivate func layerFigures(_ layers: Int) throws(Diagnostic) -> [Int: (headWidth: Int?, kvHeads: Int?)]? {
    let key = "per_layer_config"
    guard let node = self[key] else { return nil }
    var figures: [Int: (headWidth: Int?, kvHeads: Int?)] = [:]
    for entry in try node.entries("\"\(key)\"") {
      guard let layer = Int(entry.key), (0..<layers).contains(layer) else {
        throw Diagnostic(
          entry.keyPosition, "expected the number of one of \(layers) layers, found \"\(entry.key.prefix(40))\"")
      }
      let fields = try ConfigFields(entry.value, "a layer's figures")
      figures[layer] = (
        try fields.optionalInteger("head_dim", in: Limit.headWidth, default: nil),
        try fields.optionalInteger("num_key_value_heads", in: Limit.heads, default: nil)
      )
    }
    return figures
  }
}
