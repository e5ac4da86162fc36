internal import Architectures
internal import Documents
internal import Operators

extension Connector {
  /// Reads the connector of a model file: products, with a query former, a query encoder, a resampler or a film's sums
  /// before them (and an entry before those) or a downsampler behind them.
  ///
  /// - Parameter vision: the vision part, whose tokens it reads.
  init(
    file node: Node, behind vision: MultimodalModel.Vision?,
    resolve: (_ name: String, _ at: Node) throws(Diagnostic) -> Node
  ) throws(Diagnostic) {
    let compressors = ["query_former", "query_encoder", "resampler", "downsampler", "film"]
    let findings = Findings()
    let fields = try Fields(
      node, "the connector", known: compressors + ["entry", "widths", "activation", "bias", "steps", "deepstack"],
      findings)
    let encoderWidth = vision?.encoder.block.width ?? 1
    if let steps = fields["steps"] {
      if let other = fields["widths"] ?? fields["activation"] ?? fields["bias"] {
        findings.add(other.error("a connector has either \"steps\" or \"widths\" with their activation and bias"))
      }
      self.init(from: encoderWidth, findings.attempt(try Self.steps(steps, findings), or: []))
    } else {
      self.init(widths: fields, findings)
    }
    if let node = fields["deepstack"] { readDeepstack(node, encoderWidth: encoderWidth, findings) }
    let given = compressors.filter { fields[$0] != nil }
    if given.count > 1, let second = fields[given[1]] {
      findings.add(second.error("a connector has one of \(compressors.joined(separator: ", "))"))
    }
    if given.count == 1, let node = fields["steps"], merged > 1 {
      findings.add(node.error("steps that merge tokens leave no work for a \(given[0])"))
    }
    entryWidth = vision == nil ? inputWidth : encoderWidth
    if let node = fields["entry"] {
      entry = findings.attempt(try Self.steps(node, findings), or: [])
      if given.isEmpty || given == ["downsampler"] || entrance.merged > 1 {
        findings.add(
          node.error("an \"entry\" is for every token in front of a query_former, query_encoder, resampler or film"))
      }
    }
    compressor = findings.attempt(try Self.compressor(fields, encoderWidth: entrance.outputWidth, outputWidth, resolve))
    if let width = compressor?.outputWidth, fields["steps"] != nil { inputWidth = width }
    try findings.check()
  }

  private mutating func readDeepstack(_ node: Node, encoderWidth: Int, _ findings: Findings) {
    let known = ["layers", "steps"]
    guard let part = findings.attempt(try MappingFields(node, "\"deepstack\"", known: known, findings), or: nil) else {
      return
    }
    let steps = findings.attempt(try Self.steps(part.required("steps"), findings), or: [])
    deepstack = [Connector](repeating: Connector(from: encoderWidth, steps), count: part.integer("layers", in: 1...64))
    if findings.isEmpty, let wrong = deepstack.first, wrong.outputWidth != outputWidth {
      findings.add(
        node.error("expected \"deepstack\" to leave \(outputWidth) elements a token, found \(wrong.outputWidth)"))
    }
  }

  /// Products between widths, with an activation between two of them.
  private init(widths fields: Fields, _ findings: Findings) {
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
  }

  /// Steps in a list, each a mapping of its kind to what it needs.
  private static func steps(_ node: Node, _ findings: Findings) throws(Diagnostic) -> [Step] {
    let kinds = ["merge", "pool", "norm", "product", "activation", "gate", "bias"]
    var steps: [Step] = []
    for item in try node.items("the steps").prefix(64) {
      let step = try MappingFields(item, "a step", known: kinds, findings)
      let given = kinds.dropLast().filter { step[$0] != nil }
      guard let kind = given.first, given.count == 1, step["bias"] == nil || kind == "product" else {
        findings.add(
          item.error(
            "expected a step to be one of \(kinds.dropLast().joined(separator: ", ")), a product with a bias or not"))
        continue
      }
      switch kind {
      case "merge": steps.append(.merge(step.integer(kind, in: 2...4096)))
      case "pool": steps.append(.pool(step.integer(kind, in: 2...4096)))
      case "norm": steps.append(.norm(step.choice(kind) ?? .layer))
      case "activation": steps.append(.activation(step.choice(kind) ?? .gelu))
      case "gate": steps.append(.gate(step.choice(kind) ?? .silu))
      default:
        steps.append(.product(step.integer(kind, in: Limit.width), bias: step.boolean("bias", default: true)))
      }
    }
    return steps
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
    if let part = fields["query_encoder"] {
      let part = try PartFields(["connector", "query_encoder"], part, resolve: resolve)
      return .queryEncoder(try QueryEncoder(file: part, encoderWidth: encoderWidth))
    }
    if let part = fields["resampler"] {
      let part = try PartFields(["connector", "resampler"], part, resolve: resolve)
      return .resampler(try Resampler(file: part, encoderWidth: encoderWidth))
    }
    if let part = fields["film"] {
      let findings = Findings()
      let part = try MappingFields(part, "the film", known: ["frames", "per_frame", "query_former"], findings)
      var film = FilmCompressor(frames: part.integer("frames", in: Limit.images), encoderWidth: encoderWidth)
      func former(_ key: String, over width: Int) -> QueryFormer? {
        guard let node = part[key] else { return nil }
        return findings.attempt(
          try QueryFormer(
            file: PartFields(["connector", "query_former"], node, resolve: resolve), encoderWidth: width), or: nil)
      }
      film.perFrame = former("per_frame", over: encoderWidth)
      film.former = former("query_former", over: film.perFrame?.width ?? encoderWidth)
      try findings.check()
      return .film(film)
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

extension QueryEncoder {
  /// Reads the query encoder of a connector.
  fileprivate init(file fields: PartFields, encoderWidth: Int) throws(Diagnostic) {
    try fields.check(known: ["model", "queries", "layers", "width", "heads", "feed_forward", "activation"])
    if let model = fields.configured {
      throw fields.node.error("\(model.name) comes from a configuration, which has no query encoder to refer to")
    }
    let (width, heads) = (fields.integer("width", in: Limit.width), fields.integer("heads", in: Limit.heads))
    let (queries, layers) = (fields.integer("queries", in: Limit.queries), fields.integer("layers", in: Limit.layers))
    let feedForward = fields.integer("feed_forward", in: Limit.width)
    let activation = fields.activation()
    try fields.findings.check()
    try fields.required("heads").check(heads: heads, divide: width)
    guard width == encoderWidth else {
      throw try fields.required("width").error(
        "expected the width of the tokens that it gets, \(encoderWidth), found \(width); an \"entry\" of the connector "
          + "changes theirs")
    }
    self.init(
      queries: queries, layers: layers,
      block: .encoder(
        width: width, heads: heads, headWidth: width / heads, feedForward: feedForward, activation: activation))
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
