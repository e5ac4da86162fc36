internal import Architectures
internal import Documents
internal import Operators

extension LanguageFamily {
  /// AFM: LLaMA's attention, a feed-forward block of squared ReLU without a gate.
  static var arcee: LanguageFamily {
    LanguageFamily("ArceeForCausalLM", types: "arcee") { (fields) throws(Diagnostic) in
      var reader = try DecoderReader(
        fields,
        DecoderDefaults(
          vocabulary: 32_000, width: 2560, feedForward: 18_432, layers: 32, heads: 32, activation: .squaredReLU))
      try reader.readAttentionBias()
      reader.block.gated = false
      try reader.readFeedForwardBias()
      return try reader.language()
    }
  }
}
