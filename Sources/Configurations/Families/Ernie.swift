internal import Architectures
internal import Documents
internal import Operators

extension LanguageFamily {
  /// ERNIE 4.5, dense.
  static var ernie: LanguageFamily { LanguageFamily("Ernie4_5ForCausalLM", types: "ernie4_5", read: readErnie) }

  @Sendable private static func readErnie(_ fields: ConfigFields) throws(Diagnostic) -> LanguageModel {
    var reader = try DecoderReader(
      fields,
      DecoderDefaults(
        vocabulary: 103_424, width: 1024, feedForward: 3072, layers: 18, heads: 16, kvHeads: 2, headWidth: 128,
        tied: true))
    try reader.readBias()
    return try reader.language()
  }

  /// ERNIE 4.5 with experts between a first and a last layer, some of which every token passes.
  static var ernieExperts: LanguageFamily {
    LanguageFamily("Ernie4_5_MoeForCausalLM", types: "ernie4_5_moe", read: readErnieExperts)
  }

  @Sendable private static func readErnieExperts(_ fields: ConfigFields) throws(Diagnostic) -> LanguageModel {
    let fields = fields.renamed(["moe_k": "num_experts_per_tok"])
    var reader = try DecoderReader(
      fields,
      DecoderDefaults(
        vocabulary: 103_424, width: 2560, feedForward: 12_288, layers: 28, heads: 20, kvHeads: 4, tied: true))
    try reader.readBias()
    var experts = try reader.experts(
      ["moe_num_experts", "num_experts"], default: 64, perToken: 6, perTokenKey: "moe_k",
      width: ("moe_intermediate_size", 1536))
    experts.routerBias = true
    experts.sharedWidth = try reader.sharedWidth(experts, key: "moe_num_shared_experts", default: 2)
    let range = -1...Limit.layers.upperBound
    let first = try fields.integer("moe_layer_start_index", in: range, default: 1, decidesSize: false)
    let stated = try fields.integer("moe_layer_end_index", in: range, default: -1, decidesSize: false)
    let step = try fields.integer("moe_layer_interval", in: Limit.layers, default: 1, decidesSize: false)
    let last = stated < 0 ? reader.layers - 1 : stated
    var language = try reader.language { (block, layer) in
      block.experts = layer >= first && layer <= last && (layer + 1) % step == 0 ? experts : nil
    }
    language.headBias = reader.block.feedForwardBias
    return language
  }
}

extension DecoderReader {
  /// Biases of all products by one key.
  fileprivate mutating func readBias() throws(Diagnostic) {
    block.qkvBias = try fields.boolean("use_bias", default: false)
    (block.attentionOutputBias, block.feedForwardBias) = (block.qkvBias, block.qkvBias)
  }
}
