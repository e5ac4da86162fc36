internal import Architectures
internal import Documents
internal import Operators

extension LanguageFamily {
  /// Qwen3: norms of queries and keys, no biases.
  static var qwen3: LanguageFamily {
    LanguageFamily("Qwen3ForCausalLM", types: "qwen3", "qwen3_vl_text", read: readQwen3)
  }

  @Sendable private static func readQwen3(_ fields: ConfigFields) throws(Diagnostic) -> LanguageModel {
    var reader = try DecoderReader(
      fields,
      DecoderDefaults(
        vocabulary: 151_936, width: 4096, feedForward: 22_016, layers: 32, heads: 32, kvHeads: 32, headWidth: 128))
    try reader.readAttentionBias()
    reader.block.queryKeyNorm = .rms
    return try reader.qwenLanguage(windowsFrom: 28)
  }

  /// Qwen3-MoE: Qwen3 with experts, without a shared one.
  static var qwen3Experts: LanguageFamily {
    LanguageFamily("Qwen3MoeForCausalLM", types: "qwen3_moe", "qwen3_vl_moe_text", read: readQwen3Experts)
  }

  @Sendable private static func readQwen3Experts(_ fields: ConfigFields) throws(Diagnostic) -> LanguageModel {
    var reader = try DecoderReader(
      fields, DecoderDefaults(vocabulary: 151_936, width: 2048, feedForward: 6144, layers: 24, heads: 32, kvHeads: 4))
    try reader.readAttentionBias()
    reader.block.queryKeyNorm = .rms
    // transformers 5 writes num_local_experts, published configurations num_experts.
    let isVision = try fields["model_type"]?.text("\"model_type\"") == "qwen3_vl_moe_text"
    let experts = try reader.experts(
      ["num_experts", "num_local_experts"], default: isVision ? 60 : 128, perToken: isVision ? 4 : 8,
      width: ("moe_intermediate_size", isVision ? 1408 : 768))
    reader.block.window = try reader.qwenWindow()
    let sparse = try reader.sparseLayers()
    return try reader.language { (block, layer) in block.experts = sparse[layer] ? experts : nil }
  }
}
