internal import Architectures
internal import Documents
internal import Operators

extension Connector {
  /// Reads the connector of a model file: products, with one of a query former or a resampler before them or a
  /// downsampler behind them.
  ///
  /// - Parameter vision: the vision part, whose tokens it reads.
  init(
    file node: Node, behind vision: MultimodalModel.Vision?,
    resolve: (_ name: String, _ at: Node) throws(Diagnostic) -> Node
  ) throws(Diagnostic) {
    let compressors = ["query_former", "resampler", "downsampler"]
    let findings = Findings()
    let fields = try Fields(node, "the connector", known: compressors + ["widths", "activation", "bias"], findings)
    var widths: [Int] = []
    let widthsNode = findings.attempt(try fields.required("widths"))
    for item in findings.attempt(try widthsNode?.items("the widths")) ?? [] {
      widths.append(findings.attempt(try item.integer("a width", in: Limit.width), or: 1))
    }
    if let widthsNode, findings.isEmpty, !(2...16).contains(widths.count) {
      findings.add(widthsNode.error("expected 2 to 16 widths, from the encoder's to the language model's"))
    }
    // One product has nothing after it that an activation could stand before.
    let needsActivation = widths.count > 2
    let activation: ActivationKind? = findings.attempt(
      try (needsActivation ? fields.required("activation") : fields["activation"])?.choice("the activation"))
    let bias = findings.attempt(try fields["bias"]?.boolean("the bias of the products")) ?? true
    self.init(widths: widths, activation: needsActivation ? activation : nil, bias: bias)
    let given = compressors.filter { fields[$0] != nil }
    if given.count > 1, let second = fields[given[1]] {
      findings.add(second.error("a connector has one of \(compressors.joined(separator: ", "))"))
    }
    let encoderWidth = vision?.encoder.block.width ?? widths.first ?? 1
    let lastWidth = widths.last ?? 1
    compressor = findings.attempt(try Self.compressor(fields, encoderWidth: encoderWidth, lastWidth, resolve))
    try findings.check()
  }

  /// What makes another number of tokens, if anything does.
  private static func compressor(
    _ fields: Fields, encoderWidth: Int, _ lastWidth: Int,
    _ resolve: (_ name: String, _ at: Node) throws(Diagnostic) -> Node
  ) throws(Diagnostic) -> TokenCompressor? {
    if let part = fields["query_former"] {
      let part = try PartFields(["connector", "query_former"], part, resolve: resolve)
      return .queryFormer(try QueryFormer(file: part, encoderWidth: encoderWidth))
    }
    if let part = fields["resampler"] {
      let part = try PartFields(["connector", "resampler"], part, resolve: resolve)
      return .resampler(try Resampler(file: part, encoderWidth: encoderWidth))
    }
    guard let part = fields["downsampler"] else { return nil }
    return .downsampler(Downsampler(kind: try part.choice("the downsampler"), width: lastWidth))
  }
}

extension QueryFormer {
  /// Reads the query former of a connector.
  fileprivate init(file fields: PartFields, encoderWidth: Int) throws(Diagnostic) {
    let keys = ["model", "queries", "layers", "width", "heads", "feed_forward", "cross_attention_every"]
    try fields.check(known: keys + ["vocabulary", "positions"])
    if let model = fields.configured {
      throw fields.node.error("\(model.name) comes from a configuration, which has no query former to refer to")
    }
    let (width, heads) = (fields.integer("width", in: Limit.width), fields.integer("heads", in: Limit.heads))
    let (queries, layers) = (fields.integer("queries", in: Limit.queries), fields.integer("layers", in: Limit.layers))
    let feedForward = fields.integer("feed_forward", in: Limit.width)
    let crossEvery = fields.integer("cross_attention_every", in: Limit.layers)
    let vocabulary = fields.optionalInteger("vocabulary", in: Limit.vocabulary) ?? 0
    let positions = vocabulary > 0 ? fields.integer("positions", in: 1...Workload.tokenLimit) : 0
    if fields["vocabulary"] == nil, let node = fields["positions"] {
      fields.findings.add(node.error("\"positions\" are those of text, which needs a \"vocabulary\""))
    }
    try fields.findings.check()
    try fields.required("heads").check(heads: heads, divide: width)
    self.init(
      queries: queries, layers: layers, width: width, heads: heads, feedForward: feedForward, crossEvery: crossEvery,
      encoderWidth: encoderWidth, vocabulary: vocabulary, positions: positions)
  }
}

extension Resampler {
  /// Reads the resampler of a connector.
  fileprivate init(file fields: PartFields, encoderWidth: Int) throws(Diagnostic) {
    try fields.check(known: ["model", "queries", "width", "heads"])
    if let model = fields.configured {
      throw fields.node.error("\(model.name) comes from a configuration, which has no resampler to refer to")
    }
    let (width, heads) = (fields.integer("width", in: Limit.width), fields.integer("heads", in: Limit.heads))
    let queries = fields.integer("queries", in: Limit.queries)
    try fields.findings.check()
    try fields.required("heads").check(heads: heads, divide: width)
    self.init(queries: queries, width: width, heads: heads, encoderWidth: encoderWidth)
  }
}
