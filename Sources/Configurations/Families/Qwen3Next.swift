internal import Architectures
internal import Documents
internal import Operators

extension LanguageFamily {
  /// Qwen3-Next: gated delta nets in three of four layers, gated attention in the fourth, many small experts.
  static var qwen3Next: LanguageFamily {
    LanguageFamily("Qwen3NextForCausalLM", types: "qwen3_next") { (fields) throws(Diagnostic) in
      let reader = try DecoderReader(
        qwen3Next: fields,
        DecoderDefaults(
          vocabulary: 151_936, width: 2048, feedForward: 5632, layers: 48, heads: 16, kvHeads: 2, headWidth: 256))
      let experts = try reader.qwenSharedExperts(count: 512, perToken: 10)
      let sparse = try reader.sparseLayers()
      return try reader.gatedDeltaLanguage { (block, layer) in block.experts = sparse[layer] ? experts : nil }
    }
  }

  /// The language model of Qwen3.5, dense.
  static var qwen35: LanguageFamily {
    LanguageFamily("Qwen3_5ForCausalLM", types: "qwen3_5_text") { (fields) throws(Diagnostic) in
      try DecoderReader(
        qwen3Next: fields,
        DecoderDefaults(
          vocabulary: 248_320, width: 4096, feedForward: 12_288, layers: 32, heads: 16, kvHeads: 4, headWidth: 256)
      ).gatedDeltaLanguage { _, _ in }
    }
  }

  /// The language model of Qwen3.5 with experts.
  static var qwen35Experts: LanguageFamily {
    LanguageFamily("Qwen3_5MoeForCausalLM", types: "qwen3_5_moe_text") { (fields) throws(Diagnostic) in
      let reader = try DecoderReader(
        qwen3Next: fields,
        DecoderDefaults(
          vocabulary: 248_320, width: 2048, feedForward: 512, layers: 40, heads: 16, kvHeads: 2, headWidth: 256))
      let experts = try reader.qwenSharedExperts(count: 256, perToken: 8)
      return try reader.gatedDeltaLanguage { (block, _) in block.experts = experts }
    }
  }
}

extension DecoderReader {
  /// The attention of all of them: norms of queries and keys, a gate of the output, a quarter of a head rotated.
  fileprivate init(qwen3Next fields: ConfigFields, _ defaults: DecoderDefaults) throws(Diagnostic) {
    try self.init(fields, defaults)
    try readAttentionBias()
    block.queryKeyNorm = .rms
    block.gatesOutput = true
    try readRotaryFraction(default: 0.25)
  }

  /// Experts beside a shared one that has a gate of its own.
  fileprivate func qwenSharedExperts(count: Int, perToken: Int) throws(Diagnostic) -> MixtureOfExperts {
    var experts = try experts(
      ["num_experts", "num_local_experts"], default: count, perToken: perToken, width: ("moe_intermediate_size", 512))
    experts.sharedWidth = try fields.integer("shared_expert_intermediate_size", in: Limit.width, default: 512)
    experts.sharedGate = true
    return experts
  }

  /// The model with gated delta nets in all layers but every fourth, or those that `layer_types` names.
  fileprivate func gatedDeltaLanguage(
    _ change: (_ block: inout TransformerBlock, _ layer: Int) throws(Diagnostic) -> Void
  ) throws(Diagnostic) -> LanguageModel {
    let net = GatedDeltaNet(
      keyHeads: try fields.integer("linear_num_key_heads", in: Limit.heads, default: 16),
      valueHeads: try fields.integer("linear_num_value_heads", in: Limit.heads, default: 32),
      keyWidth: try fields.integer("linear_key_head_dim", in: Limit.headWidth, default: 128),
      valueWidth: try fields.integer("linear_value_head_dim", in: Limit.headWidth, default: 128),
      kernel: try fields.integer("linear_conv_kernel_dim", in: 1...64, default: 4))
    let step = try fields.integer("full_attention_interval", in: Limit.layers, default: 4, decidesSize: false)
    let isLinear = try layers(of: "linear_attention") { ($0 + 1) % step != 0 }
    return try language { (block, layer) throws(Diagnostic) in
      if isLinear[layer] {
        block.hasAttention = false
        block.recurrence = .gatedDelta(net)
      }
      try change(&block, layer)
    }
  }
}
