internal import Architectures
internal import Documents
internal import Operators

extension LanguageModel {
  private static let ownKeys = [
    "kv_heads", "vocabulary", "tied_embeddings", "positions", "head_bias", "scales_embeddings", "embedding_norm",
    "caps_logits", "learned_positions", "embedding_width", "norms_end", "layer_kinds", "pattern",
  ]

  /// Reads the language part of a model file.
  init(file fields: PartFields) throws(Diagnostic) {
    try fields.check(
      known: PartFields.blockKeys + TransformerBlock.fileKeys + TransformerBlock.decoderFileKeys + Self.ownKeys)
    if let model = fields.configured {
      try self.init(configured: model, fields)
      return
    }
    let findings = fields.findings
    let heads = fields.integer("heads", in: Limit.heads)
    let width = fields.integer("width", in: Limit.width)
    let feedForward = fields.integer("feed_forward", in: 0...Limit.width.upperBound)
    let kvHeads = fields.optionalInteger("kv_heads", in: Limit.heads) ?? heads
    let activation = fields.activation()
    let layers = fields.integer("layers", in: Limit.layers)
    let vocabulary = fields.integer("vocabulary", in: Limit.vocabulary)
    _ = fields.optionalInteger("head_width", in: Limit.headWidth)
    var block = TransformerBlock.decoder(
      width: width, heads: heads, kvHeads: kvHeads, headWidth: 1, feedForward: feedForward, activation: activation)
    block.readDecoder(fields)
    try findings.check()
    // What follows compares figures with each other.
    if fields["head_width"] == nil {
      block.headWidth = findings.attempt(try fields.headWidth(width: width, heads: heads), or: 1)
      if fields["rotary_width"] == nil, block.latent == nil { block.rotaryWidth = block.headWidth }
    }
    let stack = findings.attempt(try Self.stack(block, layers: layers, fields), or: LayerStack(block, layers: layers))
    stack.checkKVHeads(fields)
    try findings.check()
    self.init(
      stack: stack, vocabulary: vocabulary, tiedEmbeddings: fields.boolean("tied_embeddings", default: false))
    positions = fields.optionalInteger("positions", in: Limit.positions)
    headBias = fields.boolean("head_bias", default: false)
    scalesEmbeddings = fields.boolean("scales_embeddings", default: false)
    embeddingNorm = fields.choice("embedding_norm")
    capsLogits = fields.boolean("caps_logits", default: false)
    learnedPositions = fields.optionalInteger("learned_positions", in: 0...Limit.positions.upperBound) ?? 0
    embeddingWidth = fields.optionalInteger("embedding_width", in: Limit.width)
    normsEnd = fields.boolean("norms_end", default: true)
    try findings.check()
  }

  /// The layers: all alike or, by a pattern that is repeated until there are enough, of several kinds.
  private static func stack(
    _ block: TransformerBlock, layers: Int, _ fields: PartFields
  ) throws(Diagnostic) -> LayerStack {
    var kinds = ["base": block]
    if let node = fields["layer_kinds"] {
      let keys = TransformerBlock.kindSizeKeys + TransformerBlock.fileKeys + TransformerBlock.decoderFileKeys
      for entry in try node.entries("the kinds of layers") {
        var kind = block
        let own = try MappingFields(entry.value, "the kind \"\(entry.key)\"", known: keys, fields.findings)
        kind.readDecoder(own)
        kind.activation = own.choice("activation") ?? kind.activation
        kinds[entry.key] = kind
      }
    }
    guard let node = fields["pattern"] else {
      if let kinds = fields["layer_kinds"] { throw kinds.error("kinds of layers need a \"pattern\" that uses them") }
      return LayerStack(block, layers: layers)
    }
    var order: [TransformerBlock] = []
    for item in try node.items("the pattern") {
      // `dense*3` stands for three of them.
      let parts = try item.text("a kind of layers").split(separator: "*", omittingEmptySubsequences: false)
      guard let kind = kinds[String(parts[0])], parts.count <= 2 else {
        let known = kinds.keys.sorted().joined(separator: ", ")
        throw item.error("expected a kind of layers, one of \(known), or as many as in base*3; found \(item.summary)")
      }
      let count = parts.count == 2 ? Int(parts[1]) ?? 0 : 1
      guard Limit.layers.contains(count) else {
        throw item.error("expected a number of layers from 1 to \(Limit.layers.upperBound), found \(item.summary)")
      }
      for _ in 0..<min(count, layers - min(layers, order.count)) { order.append(kind) }
    }
    guard !order.isEmpty else { throw node.error("expected a pattern of at least one layer") }
    var stack = LayerStack(order[0], layers: 0)
    for layer in 0..<layers { stack.append(order[layer % order.count]) }
    return stack
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

extension LayerStack {
  /// Finds fault with key-value heads that do not divide the heads.
  fileprivate func checkKVHeads(_ fields: PartFields) {
    for run in runs where run.block.heads % run.block.kvHeads != 0 || run.block.kvHeads > run.block.heads {
      let place = fields["kv_heads"] ?? fields["heads"] ?? fields.node
      fields.findings.add(
        place.error("expected the KV heads to divide the \(run.block.heads) heads, found \(run.block.kvHeads)"))
    }
  }
}
