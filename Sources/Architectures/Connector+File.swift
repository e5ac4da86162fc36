internal import Documents
internal import Operators

extension Connector {
  /// Reads the connector of a model file: products, with one of a query former or a resampler before them or a
  /// downsampler behind them.
  ///
  /// - Parameter vision: the vision part, whose tokens it reads.
  init(
    file node: Node, behind vision: Model.Vision?, resolve: (_ name: String, _ at: Node) throws(Diagnostic) -> Node
  ) throws(Diagnostic) {
    let compressors = ["query_former", "resampler", "downsampler"]
    let fields = try Fields(node, "the connector", known: compressors + ["widths", "activation", "bias"])
    let widthsNode = try fields.required("widths")
    var widths: [Int] = []
    for item in try widthsNode.items("the widths") { widths.append(try item.integer("a width", in: Limit.width)) }
    guard (2...16).contains(widths.count) else {
      throw widthsNode.error("expected 2 to 16 widths, from the encoder's to the language model's")
    }
    // One product has nothing after it that an activation could stand before.
    let activation = widths.count > 2 ? try fields.required("activation") : fields["activation"]
    let kind: ActivationKind? = try activation?.choice("the activation")
    self.init(widths: widths, activation: widths.count > 2 ? kind : nil)
    bias = try fields["bias"]?.boolean("the bias of the products") ?? true
    let given = compressors.filter { fields[$0] != nil }
    if given.count > 1, let second = fields[given[1]] {
      throw second.error("a connector has one of \(compressors.joined(separator: ", "))")
    }
    let encoderWidth = vision?.encoder.block.width ?? widths[0]
    if let part = fields["query_former"] {
      let part = try PartFields(["connector", "query_former"], part, resolve: resolve)
      compressor = .queryFormer(try QueryFormer(file: part, encoderWidth: encoderWidth))
    } else if let part = fields["resampler"] {
      let part = try PartFields(["connector", "resampler"], part, resolve: resolve)
      compressor = .resampler(try Resampler(file: part, encoderWidth: encoderWidth))
    } else if let part = fields["downsampler"] {
      compressor = .downsampler(
        Downsampler(kind: try part.choice("the downsampler"), width: widths[widths.count - 1]))
    }
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
    width = try fields.integer("width", in: Limit.width)
    heads = try fields.integer("heads", in: Limit.heads)
    try fields.required("heads").check(heads: heads, divide: width)
    queries = try fields.integer("queries", in: Limit.queries)
    layers = try fields.integer("layers", in: Limit.layers)
    feedForward = try fields.integer("feed_forward", in: Limit.width)
    crossEvery = try fields.integer("cross_attention_every", in: Limit.layers)
    self.encoderWidth = encoderWidth
    vocabulary = try fields["vocabulary"]?.integer("the vocabulary", in: Limit.vocabulary) ?? 0
    positions = vocabulary > 0 ? try fields.integer("positions", in: 1...Workload.tokenLimit) : 0
    if vocabulary == 0, let node = fields["positions"] {
      throw node.error("\"positions\" are those of text, which needs a \"vocabulary\"")
    }
  }
}

extension Resampler {
  /// Reads the resampler of a connector.
  fileprivate init(file fields: PartFields, encoderWidth: Int) throws(Diagnostic) {
    try fields.check(known: ["model", "queries", "width", "heads"])
    if let model = fields.configured {
      throw fields.node.error("\(model.name) comes from a configuration, which has no resampler to refer to")
    }
    width = try fields.integer("width", in: Limit.width)
    heads = try fields.integer("heads", in: Limit.heads)
    try fields.required("heads").check(heads: heads, divide: width)
    queries = try fields.integer("queries", in: Limit.queries)
    self.encoderWidth = encoderWidth
  }
}
