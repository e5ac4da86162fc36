internal import Architectures
internal import Documents
internal import Operators

extension LanguageFamily {
  /// Helium: LLaMA's layers.
  static var helium: LanguageFamily {
    LanguageFamily("HeliumForCausalLM", types: "helium") { (fields) throws(Diagnostic) in
      var reader = try DecoderReader(
        fields,
        DecoderDefaults(
          vocabulary: 48_000, width: 2560, feedForward: 7040, layers: 24, heads: 20, kvHeads: 20, headWidth: 128))
      reader.block.qkvBias = try fields.boolean("attention_bias", default: false)
      try reader.readFeedForwardBias()
      return try reader.language()
    }
  }
}
