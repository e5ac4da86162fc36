internal import Architectures
internal import Documents
internal import Operators

extension LanguageFamily {
  /// LLaMA and what shares its class: Vicuna, Yi, SmolLM, Falcon 3, DeepSeek's distillates.
  static var llama: LanguageFamily { LanguageFamily("LlamaForCausalLM", types: "llama", read: readLlama) }

  @Sendable private static func readLlama(_ fields: ConfigFields) throws(Diagnostic) -> LanguageModel {
    var reader = try DecoderReader(
      fields, DecoderDefaults(vocabulary: 32_000, width: 4096, feedForward: 11_008, layers: 32, heads: 32))
    try reader.readBiases()
    return try reader.language()
  }

  /// CWM: LLaMA's layers with windows in three of four.
  static var cwm: LanguageFamily {
    LanguageFamily("CwmForCausalLM", types: "cwm") { (fields) throws(Diagnostic) in
      var reader = try DecoderReader(
        fields,
        DecoderDefaults(
          vocabulary: 128_256, width: 6144, feedForward: 21_504, layers: 64, heads: 48, kvHeads: 8, headWidth: 128))
      try reader.readFeedForwardBias()
      let window = try reader.window(default: 8192)
      let windowed = try reader.layers(of: "sliding_attention") { $0 % 4 != 0 }
      return try reader.language { (block, layer) in block.window = windowed[layer] ? window : nil }
    }
  }
}
