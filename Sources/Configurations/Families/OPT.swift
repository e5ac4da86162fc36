internal import Architectures
internal import Documents
internal import Operators

extension LanguageFamily {
  /// OPT: GPT-2's layers, two positions more than are used; the 350M model has norms behind its sums and an embedding that is
  /// narrower than its layers.
  static var opt: LanguageFamily { LanguageFamily("OPTForCausalLM", types: "opt", read: readOPT) }

  @Sendable private static func readOPT(_ fields: ConfigFields) throws(Diagnostic) -> LanguageModel {
    let fields = fields.renamed(["intermediate_size": "ffn_dim"])
    var reader = try DecoderReader(
      fields,
      DecoderDefaults(
        vocabulary: 50_272, width: 768, feedForward: 3072, layers: 12, heads: 12, tied: true, activation: .relu,
        activationKey: "activation_function"))
    reader.block.takeFirstForm()
    let bias = try fields.boolean("enable_bias", default: true)
    (reader.block.qkvBias, reader.block.attentionOutputBias, reader.block.feedForwardBias) = (bias, bias, bias)
    if try !fields.boolean("layer_norm_elementwise_affine", default: true) { reader.block.norm = .layerWithoutWeight }
    let normsBefore = try fields.boolean("do_layer_norm_before", default: true)
    if !normsBefore { reader.block.arrangement = .normedSums }
    var language = try reader.language()
    let positions = try fields.integer("max_position_embeddings", in: Limit.positions, default: 2048)
    (language.positions, language.learnedPositions) = (positions, positions + 2)
    let dropsLast = try fields.boolean("_remove_final_layer_norm", default: false)
    language.normsEnd = normsBefore && !dropsLast
    let width = reader.block.width
    let embedding = try fields.integer("word_embed_proj_dim", in: Limit.width, default: width, decidesSize: false)
    if embedding != width { language.embeddingWidth = embedding }
    return language
  }
}
