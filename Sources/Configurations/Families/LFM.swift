internal import Architectures
internal import Documents
internal import Operators

extension LanguageFamily {
  /// LFM2: short gated convolutions in most layers, attention with norms of queries and keys in the others.
  static var lfm2: LanguageFamily {
    LanguageFamily("Lfm2ForCausalLM", types: "lfm2") { (fields) throws(Diagnostic) in
      let fields = fields.replacing("tie_word_embeddings", by: "tie_embedding")
      var reader = try DecoderReader(
        fields.replacing("intermediate_size", by: "block_ff_dim"),
        DecoderDefaults(
          vocabulary: 65_536, width: 2560, feedForward: 12_288, layers: 32, heads: 32, kvHeads: 8, tied: true))
      if try fields.boolean("block_auto_adjust_ff_dim", default: true) {
        var inner = 2 * reader.block.feedForward / 3
        let factor = try fields["block_ffn_dim_multiplier"]?.number("\"block_ffn_dim_multiplier\"", in: 0.01...64) ?? 1
        if fields["block_ffn_dim_multiplier"] != nil || !fields.contains("block_ffn_dim_multiplier") {
          let step = try fields.integer("block_multiple_of", in: Limit.width, default: 256, decidesSize: false)
          inner = (Int(factor * Double(inner)) + step - 1) / step * step
        }
        reader.block.feedForward = inner
      }
      return try reader.convolutionLanguage { _, _ in }
    }
  }

  /// LFM2 with experts behind some dense layers.
  static var lfm2Experts: LanguageFamily {
    LanguageFamily("Lfm2MoeForCausalLM", types: "lfm2_moe") { (fields) throws(Diagnostic) in
      let fields = fields.replacing("tie_word_embeddings", by: "tie_embedding")
      let reader = try DecoderReader(
        fields,
        DecoderDefaults(
          vocabulary: 65_536, width: 2048, feedForward: 7168, layers: 32, heads: 32, kvHeads: 8, tied: true))
      let experts = try reader.experts(
        ["num_experts", "num_local_experts"], default: 32, perToken: 4, width: ("moe_intermediate_size", 1792))
      let dense = try fields.integer("num_dense_layers", in: 0...Limit.layers.upperBound, default: 2)
      return try reader.convolutionLanguage { (block, layer) in block.experts = layer < dense ? nil : experts }
    }
  }
}

extension DecoderReader {
  /// The model with convolutions in place of attention in the layers that are not named as attending.
  fileprivate func convolutionLanguage(
    _ change: (_ block: inout TransformerBlock, _ layer: Int) throws(Diagnostic) -> Void
  ) throws(Diagnostic) -> LanguageModel {
    let convolution = ShortConvolution(
      channels: block.width, kernel: try fields.integer("conv_L_cache", in: 1...64, default: 3),
      bias: try fields.boolean("conv_bias", default: false))
    let key = "full_attn_idxs"
    let stated = Set(try fields.integers(key, in: 0...Limit.layers.upperBound))
    let attends = try layers(of: "full_attention") { fields[key] == nil || stated.contains($0) }
    return try language { (block, layer) throws(Diagnostic) in
      block.queryKeyNorm = .rms
      if !attends[layer] { (block.hasAttention, block.recurrence) = (false, .convolution(convolution)) }
      try change(&block, layer)
    }
  }
}
