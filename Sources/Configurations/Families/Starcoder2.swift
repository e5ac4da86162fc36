internal import Architectures
internal import Documents
internal import Operators

extension LanguageFamily {
  /// StarCoder2: layer norms, biases everywhere, a feed-forward block without a gate, one window.
  static var starcoder2: LanguageFamily {
    LanguageFamily("Starcoder2ForCausalLM", types: "starcoder2", read: readStarcoder2)
  }

  @Sendable private static func readStarcoder2(_ fields: ConfigFields) throws(Diagnostic) -> LanguageModel {
    var reader = try DecoderReader(
      fields,
      DecoderDefaults(
        vocabulary: 49_152, width: 3072, feedForward: 12_288, layers: 30, heads: 24, kvHeads: 2, tied: true,
        activation: .geluTanh))
    reader.block.norm = .layer
    reader.block.gated = false
    let bias = try fields.boolean("use_bias", default: true)
    (reader.block.qkvBias, reader.block.attentionOutputBias, reader.block.feedForwardBias) = (bias, bias, bias)
    reader.block.window = try reader.window(default: nil)
    return try reader.language()
  }
}
