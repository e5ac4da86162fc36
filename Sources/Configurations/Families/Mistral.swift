internal import Architectures
internal import Documents
internal import Operators

extension LanguageFamily {
  /// Mistral: LLaMA's layers with one window for all of them.
  static var mistral: LanguageFamily { LanguageFamily("MistralForCausalLM", types: "mistral", read: readMistral) }

  @Sendable private static func readMistral(_ fields: ConfigFields) throws(Diagnostic) -> LanguageModel {
    var reader = try DecoderReader(
      fields,
      DecoderDefaults(vocabulary: 32_000, width: 4096, feedForward: 14_336, layers: 32, heads: 32, kvHeads: 8))
    reader.block.window = try reader.window(default: 4096)
    return try reader.language()
  }

  /// Ministral: windows in the layers that are named, in all where none are.
  static var ministral: LanguageFamily {
    LanguageFamily("MinistralForCausalLM", types: "ministral") { (fields) throws(Diagnostic) in
      let reader = try DecoderReader(
        fields,
        DecoderDefaults(vocabulary: 32_000, width: 4096, feedForward: 14_336, layers: 32, heads: 32, kvHeads: 8))
      let window = try reader.window(default: 4096)
      let windowed = try reader.layers(of: "sliding_attention") { _ in true }
      return try reader.language { (block, layer) in block.window = windowed[layer] ? window : nil }
    }
  }

  /// Ministral 3: Mistral's layers, no window unless stated.
  static var ministral3: LanguageFamily {
    LanguageFamily("Ministral3ForCausalLM", types: "ministral3") { (fields) throws(Diagnostic) in
      var reader = try DecoderReader(
        fields,
        DecoderDefaults(
          vocabulary: 131_072, width: 4096, feedForward: 14_336, layers: 34, heads: 32, kvHeads: 8, headWidth: 128))
      reader.block.window = try reader.window(default: nil)
      return try reader.language()
    }
  }

  /// Mixtral: Mistral's layers with a mixture of experts in each.
  static var mixtral: LanguageFamily { LanguageFamily("MixtralForCausalLM", types: "mixtral", read: readMixtral) }

  @Sendable private static func readMixtral(_ fields: ConfigFields) throws(Diagnostic) -> LanguageModel {
    var reader = try DecoderReader(
      fields,
      DecoderDefaults(vocabulary: 32_000, width: 4096, feedForward: 14_336, layers: 32, heads: 32, kvHeads: 8))
    reader.block.experts = try reader.experts(
      ["num_local_experts", "num_experts"], default: 8, perToken: 2, width: nil)
    reader.block.window = try reader.window(default: nil)
    return try reader.language()
  }
}
