package import Architectures
package import Documents
internal import Operators
internal import Quantities

extension MultimodalModel {
  /// Reads a model file. A part may name another model (`model: vicuna-7b`) and change some of its figures; in place
  /// of parts there may be a Hugging Face configuration (`config`).
  ///
  /// - Parameter resolve: the root of the model file of a given name, for references.
  /// - Throws: `Diagnostic` at the place of an unknown key, a missing or absurd figure, a cyclic reference, or parts
  ///   that do not fit together.
  package init(
    file node: Node, resolve: (_ name: String, _ at: Node) throws(Diagnostic) -> Node
  ) throws(Diagnostic) {
    let findings = Findings()
    let fields = try Fields(node, "the model file", known: Self.fileKeys, findings)
    let name = findings.attempt(try fields.required("name").name("the name", limit: 200), or: "")
    let title = findings.attempt(try fields.required("title").name("the title", limit: 200), or: "")
    self.init(name: name, title: title)
    if let config = fields["config"] {
      if let part = fields["vision"] ?? fields["connector"] ?? fields["language"] {
        findings.add(part.error("a model file has either a \"config\" or parts"))
      }
      self = findings.attempt(try MultimodalModel(config: config, name: name), or: self)
      self.title = title
    }
    for alias in findings.attempt(try fields["aliases"]?.items("the aliases")) ?? [] {
      aliases.append(findings.attempt(try alias.name("an alias", limit: 200), or: ""))
    }
    readParts(fields, findings, resolve)
    images = findings.attempt(try fields["images"]?.integer("the images of a request", in: Limit.images)) ?? images
    for note in findings.attempt(try fields["notes"]?.items("the notes")) ?? [] {
      notes.append(findings.attempt(try note.name("a note"), or: ""))
    }
    let stated = findings.attempt(
      try fields["parameters"]?.integer("the parameters", in: 1...1_000_000_000_000_000))
    let isWhole = findings.isEmpty
    sources = sources(fields, findings)
    // Parts are compared where all of them have been read.
    if isWhole, fields["config"] == nil {
      findings.attempt(try checkParts(node, fields), or: ())
      packTokens(fields["connector"] ?? node, findings)
    }
    try findings.check()
    try check { fields[$0.rawValue] ?? node }
    if let stated, let place = fields["parameters"] { try checkParameters(stated, place) }
  }

  private static let fileKeys = [
    "name", "title", "aliases", "config", "images", "vision", "connector", "language", "parameters", "sources", "notes",
  ]

  /// Reads the parts that the file has, in place of a configuration.
  private mutating func readParts(
    _ fields: Fields, _ findings: Findings, _ resolve: (_ name: String, _ at: Node) throws(Diagnostic) -> Node
  ) {
    if let part = fields["vision"] {
      vision = findings.attempt(try Vision(file: PartFields(["vision"], part, resolve: resolve)))
    }
    if let part = fields["connector"] {
      connector = findings.attempt(try Connector(file: part, behind: vision, resolve: resolve))
    }
    if let part = fields["language"] {
      language = findings.attempt(try LanguageModel(file: PartFields(["language"], part, resolve: resolve)))
    }
  }

  /// Says how many tokens a connector that makes others of them leaves; `place` is the connector's.
  private mutating func packTokens(_ place: Node, _ findings: Findings) {
    if let vision, let connector {
      if let compressor = connector.compressor {
        if case .film(let film) = compressor, self.vision?.film(film.frames, of: nil) != true {
          findings.add(place.error("\(film.frames) frames make too many tokens"))
        }
        self.vision?.packedTokens = compressor.tokens(of: vision)
      } else if connector.merged > 1, vision.resolution == nil {
        self.vision?.packedTokens = vision.tokensPerTile / connector.merged
      }
    }
  }

  /// What was found out about each part, and where.
  private func sources(_ file: Fields, _ findings: Findings) -> [Source] {
    let names = ["vision", "connector", "language", "parameters"]
    guard
      let fields = findings.attempt(
        try Fields(file.required("sources"), "the list of sources", known: names, findings))
    else { return [] }
    let parts = [vision != nil, connector != nil, language != nil, file["parameters"] != nil]
    var sources: [Source] = []
    for (name, isThere) in zip(names, parts) {
      // Stated parameters only check the other figures; a source of their own is welcome.
      if isThere || file[name] != nil, fields[name] != nil || name != "parameters" {
        let assumed = self.sources.first { $0.part == name }?.assumed ?? []
        let text = findings.attempt(try fields.required(name).name("the source"), or: "")
        sources.append(Source(part: name, text: text, assumed: assumed))
      } else if let source = fields[name], file["config"] == nil || findings.isEmpty {
        findings.add(source.error("a source for \"\(name)\", which the file does not have"))
      }
    }
    return sources
  }

  private func checkParts(_ node: Node, _ fields: Fields) throws(Diagnostic) {
    guard vision != nil || language != nil else {
      throw node.error("the model file has neither a \"vision\" nor a \"language\" part")
    }
    guard let vision, let language else {
      if let place = fields["connector"] {
        throw place.error("a connector needs both a \"vision\" and a \"language\" part")
      }
      return
    }
    guard let connector, let place = fields["connector"] else {
      throw node.error("a model with vision and language needs a \"connector\"")
    }
    try checkMerging(vision, connector, place)
    let input = connector.compressor?.outputWidth ?? vision.encoder.block.width
    if let compressor = connector.compressor, compressor.needsGrid,
      vision.tokensPerTile != vision.encoder.patches
    {
      throw place.error(
        "the connector's \(compressor.name) needs the patches in a grid; do not keep the class token before it")
    }
    guard connector.inputWidth == input, connector.outputWidth == language.block.width else {
      throw place.error(
        "the connector's widths \(connector.widths) must begin with the width before it, "
          + "\(input), and end with the language model's \(language.block.width)")
    }
  }

  /// Refuses steps that merge other numbers of patches than there are.
  private func checkMerging(_ vision: Vision, _ connector: Connector, _ place: Node) throws(Diagnostic) {
    let merged = connector.merged
    guard merged > 1 else { return }
    if case .native(let native)? = vision.resolution {
      let side = native.cell / max(1, vision.encoder.patchSize)
      guard side * side == merged else {
        throw place.error("the connector merges \(merged) patches, but a \"cell\" has \(side * side)")
      }
    } else if vision.tokensPerTile % merged != 0 {
      throw place.error(
        "the connector merges \(merged) patches, which do not divide the \(vision.tokensPerTile) of an image")
    }
  }

  /// Compares the parameters that the file states with those that its figures describe.
  private func checkParameters(_ count: Int, _ place: Node) throws(Diagnostic) {
    guard Double(count) == parameterCount else {
      throw place.error("the file states \(count) parameters, but its figures describe \(parameterCount.shortest)")
    }
  }
}
