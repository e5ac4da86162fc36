internal import Architectures
internal import Documents
internal import Operators

extension LanguageFamily {
  /// Phi-3.5-MoE: layer norms, biases of attention, two of sixteen experts.
  static var phiExperts: LanguageFamily {
    LanguageFamily("PhimoeForCausalLM", "PhiMoEForCausalLM", types: "phimoe", read: readPhiExperts)
  }

  @Sendable private static func readPhiExperts(_ fields: ConfigFields) throws(Diagnostic) -> LanguageModel {
    var reader = try DecoderReader(
      fields,
      DecoderDefaults(vocabulary: 32_064, width: 4096, feedForward: 6400, layers: 32, heads: 32, kvHeads: 8))
    reader.block.norm = .layer
    try reader.readAttentionBias()
    reader.block.window = try reader.window(default: nil)
    reader.block.experts = try reader.experts(
      ["num_local_experts", "num_experts"], default: 16, perToken: 2, width: nil)
    var language = try reader.language()
    language.headBias = try fields.boolean("lm_head_bias", default: false)
    return language
  }
}
