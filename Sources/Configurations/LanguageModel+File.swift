internal import Architectures
internal import Documents
internal import Operators

extension LanguageModel {
  /// Reads the language part of a model file.
  init(file fields: PartFields) throws(Diagnostic) {
    try fields.check(
      known: PartFields.blockKeys + ["kv_heads", "vocabulary", "norm", "qkv_bias", "tied_embeddings", "positions"])
    if let model = fields.configured {
      try self.init(configured: model, fields)
      return
    }
    let findings = fields.findings
    let heads = fields.integer("heads", in: Limit.heads)
    let width = fields.integer("width", in: Limit.width)
    let feedForward = fields.integer("feed_forward", in: Limit.width)
    let kvHeads = fields.optionalInteger("kv_heads", in: Limit.heads) ?? heads
    let norm: NormKind = findings.attempt(try fields["norm"]?.choice("the norm")) ?? .rms
    let activation = fields.activation()
    let hasBias = fields.boolean("qkv_bias", default: false)
    let layers = fields.integer("layers", in: Limit.layers)
    let vocabulary = fields.integer("vocabulary", in: Limit.vocabulary)
    let isTied = fields.boolean("tied_embeddings", default: false)
    let positions = fields.optionalInteger("positions", in: Limit.positions)
    _ = fields.optionalInteger("head_width", in: Limit.headWidth)
    try findings.check()
    // What follows compares figures with each other.
    if kvHeads > heads || heads % kvHeads != 0, let node = fields["kv_heads"] {
      findings.add(node.error("expected the KV heads to divide the \(heads) heads, found \(kvHeads)"))
    }
    let headWidth = findings.attempt(try fields.headWidth(width: width, heads: heads), or: 1)
    try findings.check()
    let block = TransformerBlock.decoder(
      width: width, heads: heads, kvHeads: kvHeads, headWidth: headWidth, feedForward: feedForward, norm: norm,
      activation: activation, qkvBias: hasBias)
    self.init(layers: layers, block: block, vocabulary: vocabulary, tiedEmbeddings: isTied)
    self.positions = positions
  }

  /// The language model of a configuration, with another vocabulary if one is given.
  private init(configured model: MultimodalModel, _ fields: PartFields) throws(Diagnostic) {
    try fields.check(replaceable: ["vocabulary", "tied_embeddings", "positions"])
    guard let language = model.language else {
      throw fields.node.error("the model \"\(model.name)\" has no language part")
    }
    guard language.crossAttention == nil else {
      throw fields.node.error("the language model of \"\(model.name)\" reads images by itself; use its \"config\"")
    }
    self = language
    vocabulary = fields.optionalInteger("vocabulary", in: Limit.vocabulary) ?? vocabulary
    tiedEmbeddings = fields.boolean("tied_embeddings", default: tiedEmbeddings)
    positions = fields.optionalInteger("positions", in: Limit.positions) ?? positions
    try fields.findings.check()
  }
}
