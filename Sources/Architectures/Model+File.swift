public import Documents
internal import Operators
internal import Quantities

extension Model {
  /// Reads a model file. A part may name another model (`model: vicuna-7b`) and change some of its figures; in place
  /// of parts there may be a Hugging Face configuration (`config`).
  ///
  /// - Parameter resolve: the root of the model file of a given name, for references.
  /// - Throws: `Diagnostic` at the place of an unknown key, a missing or absurd figure, a cyclic reference, or parts
  ///   that do not fit together.
  public init(
    file node: Node, resolve: (_ name: String, _ at: Node) throws(Diagnostic) -> Node
  ) throws(Diagnostic) {
    let fields = try Fields(
      node, "the model file",
      known: [
        "name", "title", "aliases", "config", "images", "vision", "connector", "language", "parameters", "sources",
        "notes",
      ])
    let name = try fields.required("name").text("the name")
    let title = try fields.required("title").text("the title")
    if let config = fields["config"] {
      if let part = fields["vision"] ?? fields["connector"] ?? fields["language"] {
        throw part.error("a model file has either a \"config\" or parts")
      }
      try self.init(config: config, name: name)
      self.title = title
    } else {
      self.init(name: name, title: title)
    }
    for alias in try fields["aliases"]?.items("the aliases") ?? [] { aliases.append(try alias.text("an alias")) }

    if let part = fields["vision"] { vision = try Self.vision(PartFields("vision", part, resolve: resolve)) }
    if let part = fields["connector"] { connector = try Connector(file: part) }
    if let part = fields["language"] { language = try Self.language(PartFields("language", part, resolve: resolve)) }
    if fields["config"] == nil {
      try checkParts(node)
      if connector?.queryFormer != nil { connectQueries() }
    }
    if let node = fields["images"] { images = try node.integer("the images of a request", in: 1...4096) }
    sources = try sources(fields.required("sources"), stated: fields["parameters"] != nil)
    try checkParameters(fields)
  }

  /// Puts the encoder and the queries that read it together.
  private mutating func connectQueries() {
    guard let vision else { return }
    connector?.queryFormer?.encoderWidth = vision.encoder.block.width
    self.vision?.packedTokens = connector?.queryFormer?.queries
  }

  /// What was found out about each part, and where.
  private func sources(_ node: Node, stated: Bool) throws(Diagnostic) -> [Source] {
    let fields = try Fields(node, "the list of sources", known: ["vision", "connector", "language", "parameters"])
    let parts: [(name: String, isThere: Bool)] = [
      ("vision", vision != nil), ("connector", connector != nil), ("language", language != nil), ("parameters", stated),
    ]
    var sources: [Source] = []
    for part in parts {
      // Stated parameters only check the other figures; a source of their own is welcome.
      if part.isThere, fields[part.name] != nil || part.name != "parameters" {
        sources.append(Source(part: part.name, text: try fields.required(part.name).text("the source")))
      } else if let source = fields[part.name] {
        throw source.error("a source for \"\(part.name)\", which the file does not have")
      }
    }
    return sources
  }

  private func checkParts(_ node: Node) throws(Diagnostic) {
    guard vision != nil || language != nil else {
      throw node.error("the model file has neither a \"vision\" nor a \"language\" part")
    }
    guard let vision, let language else {
      if connector != nil { throw node.error("a connector needs both a \"vision\" and a \"language\" part") }
      return
    }
    guard let connector else { throw node.error("a model with vision and language needs a \"connector\"") }
    let input = connector.queryFormer?.width ?? vision.encoder.block.width
    guard connector.widths.first == input, connector.widths.last == language.block.width else {
      throw node.error(
        "the connector's widths \(connector.widths) must begin with the width before it, "
          + "\(input), and end with the language model's \(language.block.width)")
    }
  }

  /// Compares the parameters that the file states, if it does, with those that its figures describe.
  private func checkParameters(_ fields: Fields) throws(Diagnostic) {
    guard let stated = fields["parameters"] else { return }
    let count = try stated.integer("the parameters", in: 1...1_000_000_000_000_000)
    guard Double(count) == parameterCount else {
      throw stated.error("the file states \(count) parameters, but its figures describe \(parameterCount.shortest)")
    }
  }

  private static func vision(_ fields: PartFields) throws(Diagnostic) -> Vision {
    try fields.check(known: PartFields.blockKeys + PartFields.visionKeys)
    let layers = try fields.integer("layers", in: Limit.layers)
    let heads = try fields.integer("heads", in: Limit.heads)
    let width = try fields.integer("width", in: Limit.width)
    let block = TransformerBlock.encoder(
      width: width, heads: heads, headWidth: try fields.headWidth(width: width, heads: heads),
      feedForward: try fields.integer("feed_forward", in: Limit.width),
      activation: try fields.required("activation").choice("the activation"))
    let patchNode = try fields.required("patch_size")
    let patchSize = try patchNode.integer("the patch size", in: Limit.patchSize)
    var encoder = VisionEncoder(
      imageSize: try fields.integer("image_size", in: Limit.imageSize), patchSize: patchSize,
      channels: try fields.integer("channels", in: Limit.channels), layers: layers, block: block, classToken: true,
      preNorm: try fields["pre_norm"]?.boolean("the norm before the layers") ?? true)
    encoder.patchBias = try fields["patch_bias"]?.boolean("the bias of the patch embedding") ?? false
    encoder.normsAllTokens = try fields["norm_all_tokens"]?.boolean("the norm of all tokens") ?? false
    try encoder.checkPatches(patchNode)
    let layersUsed = try fields["layers_used"]?.integer("the layers used", in: 1...layers) ?? layers
    let keepsClassToken = try fields["keep_class_token"]?.boolean("the class token") ?? false
    return Vision(encoder: encoder, layersUsed: layersUsed, droppedTokens: keepsClassToken ? 0 : 1)
  }

  private static func language(_ fields: PartFields) throws(Diagnostic) -> LanguageModel {
    try fields.check(known: PartFields.blockKeys + ["kv_heads", "vocabulary", "norm", "qkv_bias", "tied_embeddings"])
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
      qkvBias: try fields["qkv_bias"]?.boolean("the bias of queries, keys and values") ?? false)
    return LanguageModel(
      layers: try fields.integer("layers", in: Limit.layers), block: block,
      vocabulary: try fields.integer("vocabulary", in: Limit.vocabulary),
      tiedEmbeddings: try fields["tied_embeddings"]?.boolean("tied embeddings") ?? false)
  }
}

/// The keys of one part of a model file, in front of those of the model that it refers to.
private struct PartFields {
  static let visionKeys = [
    "image_size", "patch_size", "channels", "layers_used", "pre_norm", "patch_bias", "norm_all_tokens",
    "keep_class_token",
  ]
  static let blockKeys = ["model", "layers", "width", "heads", "head_width", "feed_forward", "activation"]

  private let part: String
  private let own: Fields
  private let node: Node
  /// The same part of the model that is referred to.
  private let referred: [Fields]

  init(
    _ part: String, _ node: Node, resolve: (_ name: String, _ at: Node) throws(Diagnostic) -> Node
  ) throws(Diagnostic) {
    self.part = part
    self.node = node
    let keys = try node.entries("the \(part) part").map(\.key)
    own = try Fields(node, "the \(part) part", known: keys)
    var referred: [Fields] = []
    var next = own["model"]
    while let reference = next {
      guard referred.count < 8 else { throw reference.error("models refer to each other in a circle or too deeply") }
      let name = try reference.text("the referenced model")
      let root = try resolve(name, reference)
      let rootKeys = try root.entries("the model file").map(\.key)
      guard let target = try Fields(root, "the model file", known: rootKeys)[part] else {
        throw reference.error("the model \"\(name)\" has no \"\(part)\" part of its own to refer to")
      }
      let fields = try Fields(target, "the \(part) part", known: try target.entries("the \(part) part").map(\.key))
      referred.append(fields)
      next = fields["model"]
    }
    self.referred = referred
  }

  /// Refuses keys that the part does not have, here and in every model that is referred to.
  func check(known: [String]) throws(Diagnostic) {
    for node in [node] + referred.map(\.node) { _ = try Fields(node, "the \(part) part", known: known) }
  }

  subscript(key: String) -> Node? {
    own[key] ?? referred.lazy.compactMap { $0[key] }.first
  }

  func required(_ key: String) throws(Diagnostic) -> Node {
    guard let value = self[key] else { return try own.required(key) }
    return value
  }

  func integer(_ key: String, in range: ClosedRange<Int>) throws(Diagnostic) -> Int {
    try required(key).integer("\"\(key)\"", in: range)
  }

  /// The width of a head: stated, or the model's width divided by its heads.
  func headWidth(width: Int, heads: Int) throws(Diagnostic) -> Int {
    if let node = self["head_width"] { return try node.integer("\"head_width\"", in: Limit.headWidth) }
    guard width % heads == 0 else {
      throw try required("heads").error("\(heads) heads do not divide the width \(width); state \"head_width\"")
    }
    return width / heads
  }
}
