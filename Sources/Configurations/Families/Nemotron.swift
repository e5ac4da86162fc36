internal import Architectures
internal import Documents
internal import Operators

extension LanguageFamily {
  /// Nemotron and Minitron: layer norms, a feed-forward block of squared ReLU without a gate.
  static var nemotron: LanguageFamily { LanguageFamily("NemotronForCausalLM", types: "nemotron", read: readNemotron) }

  @Sendable private static func readNemotron(_ fields: ConfigFields) throws(Diagnostic) -> LanguageModel {
    var reader = try DecoderReader(
      fields,
      DecoderDefaults(
        vocabulary: 256_000, width: 6144, feedForward: 24_576, layers: 32, heads: 48, activation: .squaredReLU))
    reader.block.norm = .layer
    reader.block.gated = false
    try reader.readBiases()
    try reader.readRotaryFraction(default: 0.5)
    return try reader.language()
  }
}
