internal import Architectures
internal import Documents
internal import Operators

extension LanguageFamily {
  /// MiniMax-M2: norms over all heads of queries and of keys, part of a head rotated, experts in all layers.
  static var miniMaxM2: LanguageFamily {
    LanguageFamily("MiniMaxM2ForCausalLM", types: "minimax_m2", read: readMiniMaxM2)
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

  /// MiniMax-Text-01 and M1: linear attention with a decay in most layers, attention in the others, experts in all.
  static var miniMax: LanguageFamily {
    LanguageFamily(
      "MiniMaxForCausalLM", "MiniMaxText01ForCausalLM", "MiniMaxM1ForCausalLM", types: "minimax", "minimax_text_01",
      "minimax_m1", read: readMiniMax)
  }

  @Sendable private static func readMiniMax(_ fields: ConfigFields) throws(Diagnostic) -> LanguageModel {
    var reader = try DecoderReader(
      fields,
      DecoderDefaults(vocabulary: 32_000, width: 4096, feedForward: 14_336, layers: 32, heads: 32, kvHeads: 8))
    if let rotated = try fields.optionalInteger("rotary_dim", in: Limit.headWidth, default: nil) {
      reader.block.rotaryWidth = min(rotated, reader.block.headWidth)
    }
    reader.block.experts = try reader.experts(
      ["num_local_experts", "num_experts"], default: 8, perToken: 2, width: nil)
    let linear = LinearAttention(heads: reader.block.heads, headWidth: reader.block.headWidth)
    // The authors' files say 1 for attention and 0 for linear attention.
    let marks = try reader.marks("attn_type_list")
    let isLinear = try reader.layers(of: "linear_attention") { layer in marks.map { !$0[layer] } ?? (layer % 2 == 1) }
    return try reader.language { (block, layer) in
      if isLinear[layer] { (block.hasAttention, block.recurrence) = (false, .linear(linear)) }
    }
  }
}
