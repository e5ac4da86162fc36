internal import Architectures
internal import Documents
internal import Operators

extension LanguageFamily {
  /// LLaMA and what shares its class: Vicuna, Yi, SmolLM, Falcon 3, DeepSeek's distillates.
  static var llama: LanguageFamily { LanguageFamily("LlamaForCausalLM", types: "llama", read: readLlama) }

  @Sendable private static func readLlama(_ fields: ConfigFields) throws(Diagnostic) -> LanguageModel {
    var reader = try DecoderReader(
      fields, DecoderDefaults(vocabulary: 32_000, width: 4096, feedForward: 11_008, layers: 32, heads: 32))
    try reader.readAttentionBias()
    reader.block.feedForwardBias = try fields.boolean("mlp_bias", default: false)
    return try reader.language()
  }
}
