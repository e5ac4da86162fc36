internal import Architectures
internal import Documents
internal import Operators

extension LanguageFamily {
  /// Phi-1.5 and Phi-2: parallel blocks with biases everywhere.
  static var phi: LanguageFamily { LanguageFamily("PhiForCausalLM", types: "phi", read: readPhi) }

  @Sendable private static func readPhi(_ fields: ConfigFields) throws(Diagnostic) -> LanguageModel {
    var reader = try DecoderReader(
      fields,
      DecoderDefaults(
        vocabulary: 51_200, width: 2048, feedForward: 8192, layers: 24, heads: 32, activation: .geluTanh))
    reader.block.norm = .layer
    reader.block.gated = false
    (reader.block.qkvBias, reader.block.attentionOutputBias, reader.block.feedForwardBias) = (true, true, true)
    reader.block.arrangement = .parallel
    try reader.readRotaryFraction(default: 0.5)
    if try fields.boolean("qk_layernorm", default: false) { reader.block.queryKeyNorm = .layer }
    var language = try reader.language()
    language.headBias = true
    return language
  }

  /// Phi-3 and Phi-4: LLaMA's layers with a window.
  static var phi3: LanguageFamily { LanguageFamily("Phi3ForCausalLM", types: "phi3", read: readPhi3) }

  @Sendable private static func readPhi3(_ fields: ConfigFields) throws(Diagnostic) -> LanguageModel {
    var reader = try DecoderReader(
      fields, DecoderDefaults(vocabulary: 32_064, width: 3072, feedForward: 8192, layers: 32, heads: 32))
    try reader.readRotaryFraction(default: 1)
    reader.block.window = try reader.window(default: nil)
    return try reader.language()
  }
}
