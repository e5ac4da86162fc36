internal import Architectures
internal import Documents
internal import Operators

extension LanguageFamily {
  /// MiniMax-M2: norms over all heads of queries and of keys, part of a head rotated, experts in all layers.
  static var miniMaxM2: LanguageFamily {
    LanguageFamily("MiniMaxM2ForCausalLM", types: "minimax_m2", "minimax", read: readMiniMaxM2)
  }

  @Sendable private static func readMiniMaxM2(_ fields: ConfigFields) throws(Diagnostic) -> LanguageModel {
    var reader = try DecoderReader(
      fields,
      DecoderDefaults(
        vocabulary: 200_064, width: 3072, feedForward: 1536, layers: 62, heads: 48, kvHeads: 8, headWidth: 128))
    reader.block.rotaryWidth = try fields.integer(
      "rotary_dim", in: Limit.headWidth, default: reader.block.headWidth, decidesSize: false)
    if try fields.boolean("use_qk_norm", default: true) {
      reader.block.queryKeyNorm = .rms
      reader.block.normsAllHeads = true
    }
    reader.block.experts = try reader.experts(
      ["num_local_experts", "num_experts"], default: 256, perToken: 8, width: nil)
    return try reader.language()
  }
}
