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

    if let part = fields["vision"] { vision = try Vision(file: PartFields(["vision"], part, resolve: resolve)) }
    if let part = fields["connector"] { connector = try Connector(file: part, behind: vision, resolve: resolve) }
    if let part = fields["language"] {
      language = try LanguageModel(file: PartFields(["language"], part, resolve: resolve))
    }
    if fields["config"] == nil {
      try checkParts(node)
      if let vision, let compressor = connector?.compressor {
        self.vision?.packedTokens = compressor.tokens(of: vision.encoder)
      }
    }
    if let node = fields["images"] { images = try node.integer("the images of a request", in: 1...4096) }
    sources = try sources(fields.required("sources"), stated: fields["parameters"] != nil)
    for note in try fields["notes"]?.items("the notes") ?? [] { notes.append(try note.text("a note")) }
    try checkParameters(fields)
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
        let assumed = self.sources.first { $0.part == part.name }?.assumed ?? []
        let text = try fields.required(part.name).text("the source")
        sources.append(Source(part: part.name, text: text, assumed: assumed))
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
    let input = connector.compressor?.outputWidth ?? vision.encoder.block.width
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
}
