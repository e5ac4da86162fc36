internal import Documents
internal import Operators

extension LanguageModel {
  /// Reads the language part of a model file.
  init(file fields: PartFields) throws(Diagnostic) {
    try fields.check(known: PartFields.blockKeys + ["kv_heads", "vocabulary", "norm", "qkv_bias", "tied_embeddings"])
    if let model = fields.configured {
      try self.init(configured: model, fields)
      return
    }
    let heads = try fields.integer("heads", in: Limit.heads)
    let width = try fields.integer("width", in: Limit.width)
    let kvHeads = try fields["kv_heads"]?.integer("the KV heads", in: 1...heads) ?? heads
    if heads % kvHeads != 0, let node = fields["kv_heads"] {
      throw node.error("expected the KV heads to divide the \(heads) heads, found \(kvHeads)")
    }
    let block = TransformerBlock.decoder(
      width: width, heads: heads, kvHeads: kvHeads, headWidth: try fields.headWidth(width: width, heads: heads),
      feedForward: try fields.integer("feed_forward", in: Limit.width),
      norm: try fields["norm"]?.choice("the norm") ?? .rms,
      activation: try fields.required("activation").choice("the activation"),
      qkvBias: try fields.boolean("qkv_bias", default: false))
    self.init(
      layers: try fields.integer("layers", in: Limit.layers), block: block,
      vocabulary: try fields.integer("vocabulary", in: Limit.vocabulary),
      tiedEmbeddings: try fields.boolean("tied_embeddings", default: false))
  }

  /// The language model of a configuration, with another vocabulary if one is given.
  private init(configured model: Model, _ fields: PartFields) throws(Diagnostic) {
    try fields.check(replaceable: ["vocabulary", "tied_embeddings"])
    guard let language = model.language else {
      throw fields.node.error("the model \"\(model.name)\" has no language part")
    }
    guard language.crossAttention == nil else {
      throw fields.node.error("the language model of \"\(model.name)\" reads images by itself; use its \"config\"")
    }
    self = language
    vocabulary = try fields["vocabulary"]?.integer("\"vocabulary\"", in: Limit.vocabulary) ?? vocabulary
    tiedEmbeddings = try fields.boolean("tied_embeddings", default: tiedEmbeddings)
  }
}
