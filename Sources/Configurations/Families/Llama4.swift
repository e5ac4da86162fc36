internal import Architectures
internal import Documents
internal import Operators

extension LanguageFamily {
  /// Llama 4: chunked attention in three of four layers, a routed expert beside a shared one.
  static var llama4: LanguageFamily { LanguageFamily("Llama4ForCausalLM", types: "llama4_text", read: readLlama4) }

  @Sendable private static func readLlama4(_ fields: ConfigFields) throws(Diagnostic) -> LanguageModel {
    var reader = try DecoderReader(
      fields,
      DecoderDefaults(
        vocabulary: 202_048, width: 5120, feedForward: 8192, layers: 48, heads: 40, kvHeads: 8, headWidth: 128))
    try reader.readAttentionBias()
    var experts = try reader.experts(["num_local_experts", "num_experts"], default: 16, perToken: 1, width: nil)
    experts.sharedWidth = experts.feedForward
    reader.block.feedForward = try fields.integer("intermediate_size_mlp", in: Limit.width, default: 16_384)
    let step = try fields.integer("interleave_moe_layer_step", in: 0...Limit.layers.upperBound, default: 1)
    let stated = try fields.integers("moe_layers", in: 0...Limit.layers.upperBound)
    let normsQueries = try fields.boolean("use_qk_norm", default: true)
    let chunk = try fields.optionalInteger("attention_chunk_size", in: Limit.positions, default: 8192)
    let rotated = try reader.rotatedLayers()
    let chunked = try reader.layers(of: "chunked_attention") { rotated[$0] }
    return try reader.language { (block, layer) in
      let isMixture = stated.isEmpty ? step > 0 && (layer + 1) % step == 0 : stated.contains(layer)
      block.experts = isMixture ? experts : nil
      if chunked[layer] { (block.window, block.isChunked) = (chunk, chunk != nil) }
      if !rotated[layer] { block.rotaryWidth = 0 } else if normsQueries { block.queryKeyNorm = .rmsWithoutWeight }
    }
  }
}
