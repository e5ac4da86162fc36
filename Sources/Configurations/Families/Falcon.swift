internal import Architectures
internal import Documents
internal import Operators

extension LanguageFamily {
  /// Falcon 7B, 40B and 180B: parallel blocks, one or few heads of keys and values.
  static var falcon: LanguageFamily {
    LanguageFamily("FalconForCausalLM", types: "falcon", "RefinedWebModel", "RefinedWeb", read: readFalcon)
  }

  @Sendable private static func readFalcon(_ fields: ConfigFields) throws(Diagnostic) -> LanguageModel {
    let fields = fields.renamed([
      "num_attention_heads": "n_head", "num_hidden_layers": "n_layer", "intermediate_size": "ffn_hidden_size",
      "num_kv_heads": "n_head_kv",
    ])
    var reader = try DecoderReader(
      fields,
      DecoderDefaults(
        vocabulary: 65_024, width: 4544, feedForward: 0, feedForwardRatio: 4, layers: 32, heads: 71, tied: true,
        activation: .gelu, activationKey: "activation"))
    let isNew = try fields.boolean("new_decoder_architecture", default: false)
    let heads = reader.block.heads
    if isNew {
      reader.block.kvHeads = try fields.kvHeads(heads: heads, default: heads, key: "num_kv_heads")
    } else {
      reader.block.kvHeads = try fields.boolean("multi_query", default: true) ? 1 : heads
    }
    reader.block.norm = .layer
    reader.block.gated = false
    let bias = try fields.boolean("bias", default: false)
    (reader.block.qkvBias, reader.block.attentionOutputBias, reader.block.feedForwardBias) = (bias, bias, bias)
    if try fields.boolean("alibi", default: false) { reader.block.rotaryWidth = 0 }
    let isParallel = try fields.boolean("parallel_attn", default: true)
    if isNew || isParallel {
      let norms = try fields.optionalInteger(
        "num_ln_in_parallel_attn", in: 1...2, default: isNew ? 2 : 1, decidesSize: false)
      reader.block.arrangement = (norms ?? (isNew ? 2 : 1)) == 2 && isNew ? .parallelNorms : .parallel
    }
    return try reader.language()
  }
}
