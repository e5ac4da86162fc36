internal import Architectures
internal import Operators

extension MultimodalModel {
  /// The names of the parts that the model has.
  var parts: [String] {
    [vision == nil ? nil : "vision", connector == nil ? nil : "connector", language == nil ? nil : "language"]
      .compactMap { $0 }
  }

  /// Everything that is known of it, part by part.
  var facts: [Fact] {
    var facts = [Fact("parameters", parameterCount, source: "parameters")]
    if let vision { facts += visionFacts(vision) }
    if let connector { facts += connectorFacts(connector) }
    if let language { facts += language.facts }
    return facts
  }

  private func visionFacts(_ vision: Vision) -> [Fact] {
    let encoder = vision.encoder
    return [
      Fact("vision parameters", vision.parameters.count, source: "vision"),
      Fact("vision image size", Double(encoder.imageSize), source: "vision"),
      Fact("vision patch size", Double(encoder.patchSize), source: "vision"),
      Fact("vision tokens of an image", Double(encoder.patches), source: "vision"),
      Fact("vision layers", Double(encoder.layers), source: "vision"),
      Fact("vision layers used", Double(vision.layersUsed), source: "vision"),
    ] + encoder.block.facts("vision")
  }

  private func connectorFacts(_ connector: Connector) -> [Fact] {
    let widths = connector.widths.map(String.init).joined(separator: " > ")
    var facts = [
      Fact("connector parameters", connector.parameters.count, source: "connector"),
      Fact("connector widths", widths, source: "connector"),
    ]
    if let activation = connector.activation {
      facts.append(Fact("connector activation", activation.rawValue, source: "connector"))
    }
    if connector.compressor != nil, let tokens = tokensPerImage {
      facts.append(Fact("connector tokens of an image", Double(tokens), source: "connector"))
    }
    return facts
  }
}

extension TransformerBlock {
  fileprivate func facts(_ part: String) -> [Fact] {
    let counts = [
      ("width", width), ("heads", heads), ("KV heads", kvHeads), ("head width", headWidth),
      ("feed-forward", feedForward),
    ]
    return counts.map { Fact("\(part) \($0.0)", Double($0.1), source: part) } + [
      Fact("\(part) activation", activation.rawValue + (gated ? ", gated" : ""), source: part),
      Fact("\(part) norm", norm.rawValue, source: part),
    ]
  }
}

extension LanguageModel {
  /// Everything that is known of it.
  fileprivate var facts: [Fact] {
    [
      Fact("language parameters", parameters.count, source: "language"),
      Fact("language layers", Double(layers), source: "language"),
      Fact("language vocabulary", Double(vocabulary), source: "language"),
    ] + (positions.map { [Fact("language positions", Double($0), source: "language")] } ?? [])
      + [Fact("language embeddings", tiedEmbeddings ? "tied" : "untied", source: "language")]
      + block.facts("language") + specialFacts
  }

  /// What only some language models have.
  fileprivate var specialFacts: [Fact] {
    var facts: [(String, Int?)] = []
    let windowed = stack.runs.filter { $0.block.window != nil }
    facts.append(("sliding window", windowed.first?.block.window))
    if !windowed.isEmpty { facts.append(("layers with a window", windowed.reduce(0) { $0 + $1.layers })) }
    if let crossAttention {
      facts += [
        ("cross-attention layers", crossAttention.count),
        ("layers between them", crossAttention.interval), ("width of what they read", crossAttention.imageWidth),
      ]
    }
    if let latent = block.latent {
      facts += [
        ("latent of keys and values", latent.rank), ("latent of queries", latent.queryRank),
        ("shared rotated key", latent.rotaryWidth), ("value width", latent.valueWidth),
      ]
    }
    facts += compressedFacts
    let mixtures = stack.runs.filter { $0.block.experts != nil }
    if let experts = mixtures.first?.block.experts {
      facts += [
        ("layers of experts", mixtures.reduce(0) { $0 + $1.layers }), ("experts", experts.count),
        ("experts of a token", experts.perToken), ("expert feed-forward", experts.feedForward),
        ("shared experts' feed-forward", experts.sharedWidth),
      ]
    }
    return facts.compactMap { name, count in
      count.map { Fact("language \(name)", Double($0), source: "language") }
    }
  }

  /// What attention to compressed entries and residual streams have.
  private var compressedFacts: [(String, Int?)] {
    var facts: [(String, Int?)] = []
    if let compressed = stack.runs.lazy.compactMap(\.block.compressed).first {
      facts += [
        ("latent of queries", compressed.queryRank), ("groups of outputs", compressed.outputGroups),
        ("latent of an output", compressed.outputRank),
      ]
    }
    for rate in Set(stack.runs.compactMap(\.block.compressed?.rate)).sorted() {
      let runs = stack.runs.filter { $0.block.compressed?.rate == rate }
      facts.append(("layers with entries of \(rate) tokens", runs.reduce(0) { $0 + $1.layers }))
      if let indexer = runs.first?.block.compressed?.indexer {
        facts.append(("entries picked of those", indexer.positions))
      }
    }
    if let streams = block.streams { facts.append(("residual streams", streams.count)) }
    return facts
  }
}
