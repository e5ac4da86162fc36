internal import Architectures
internal import Documents
internal import Operators

extension LanguageFamily {
  /// Gemma: scaled embeddings, wide heads, a gated GELU.
  static var gemma: LanguageFamily { LanguageFamily("GemmaForCausalLM", types: "gemma", read: readGemma) }

  @Sendable private static func readGemma(_ fields: ConfigFields) throws(Diagnostic) -> LanguageModel {
    var reader = try DecoderReader(
      fields,
      DecoderDefaults(
        vocabulary: 256_000, width: 3072, feedForward: 24_576, layers: 28, heads: 16, kvHeads: 16, headWidth: 256,
        tied: true, activation: .geluTanh))
    try reader.readAttentionBias()
    // Files of the first release say "gelu" and mean the tanh form, as "hidden_activation" says.
    reader.block.activation = try fields.activation("hidden_activation", default: .geluTanh)
    var language = try reader.language()
    language.scalesEmbeddings = true
    return language
  }

  /// Gemma 3: Gemma 2 with norms of queries and keys, windows in five of six layers, no caps.
  static var gemma3: LanguageFamily {
    LanguageFamily("Gemma3ForCausalLM", types: "gemma3_text", read: readGemma3)
  }

  @Sendable private static func readGemma3(_ fields: ConfigFields) throws(Diagnostic) -> LanguageModel {
    var reader = try DecoderReader(
      fields,
      DecoderDefaults(
        vocabulary: 262_208, width: 2304, feedForward: 9216, layers: 26, heads: 8, kvHeads: 4, headWidth: 256,
        tied: true, activation: .geluTanh, activationKey: "hidden_activation"))
    try reader.readAttentionBias()
    reader.block.arrangement = .sandwiched
    reader.block.queryKeyNorm = .rms
    reader.block.capsScores = try fields.caps("attn_logit_softcapping", default: false)
    let window = try reader.window(default: 4096)
    let pattern = try fields.integer("sliding_window_pattern", in: Limit.layers, default: 6, decidesSize: false)
    let windowed = try reader.layers(of: "sliding_attention") { ($0 + 1) % pattern != 0 }
    var language = try reader.language { (block, layer) in block.window = windowed[layer] ? window : nil }
    language.scalesEmbeddings = true
    language.capsLogits = try fields.caps("final_logit_softcapping", default: false)
    return language
  }

  /// Gemma 2: norms around attention and feed-forward block, soft-caps, windows in every other layer.
  static var gemma2: LanguageFamily { LanguageFamily("Gemma2ForCausalLM", types: "gemma2", read: readGemma2) }

  @Sendable private static func readGemma2(_ fields: ConfigFields) throws(Diagnostic) -> LanguageModel {
    var reader = try DecoderReader(
      fields,
      DecoderDefaults(
        vocabulary: 256_000, width: 2304, feedForward: 9216, layers: 26, heads: 8, kvHeads: 4, headWidth: 256,
        tied: true, activation: .geluTanh, activationKey: "hidden_activation"))
    try reader.readAttentionBias()
    reader.block.arrangement = .sandwiched
    reader.block.capsScores = try fields.caps("attn_logit_softcapping")
    let window = try reader.window(default: 4096)
    let windowed = try reader.layers(of: "sliding_attention") { $0 % 2 == 0 }
    var language = try reader.language { (block, layer) in block.window = windowed[layer] ? window : nil }
    language.scalesEmbeddings = true
    language.capsLogits = try fields.caps("final_logit_softcapping")
    return language
  }
}
