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
    if let vision {
      let encoder = vision.encoder
      facts += [
        Fact("vision parameters", vision.parameters.count, source: "vision"),
        Fact("vision image size", Double(encoder.imageSize), source: "vision"),
        Fact("vision patch size", Double(encoder.patchSize), source: "vision"),
        Fact("vision tokens of an image", Double(encoder.patches), source: "vision"),
        Fact("vision layers", Double(encoder.layers), source: "vision"),
        Fact("vision layers used", Double(vision.layersUsed), source: "vision"),
      ]
      facts += encoder.block.facts("vision")
    }
    if let connector {
      let widths = connector.widths.map(String.init).joined(separator: " > ")
      facts += [
        Fact("connector parameters", connector.parameters.count, source: "connector"),
        Fact("connector widths", widths, source: "connector"),
      ]
      if let activation = connector.activation {
        facts.append(Fact("connector activation", activation.rawValue, source: "connector"))
      }
      if connector.compressor != nil, let tokens = tokensPerImage {
        facts.append(Fact("connector tokens of an image", Double(tokens), source: "connector"))
      }
    }
    if let language {
      facts += [
        Fact("language parameters", language.parameters.count, source: "language"),
        Fact("language layers", Double(language.layers), source: "language"),
        Fact("language vocabulary", Double(language.vocabulary), source: "language"),
      ]
      if let positions = language.positions {
        facts.append(Fact("language positions", Double(positions), source: "language"))
      }
      facts += [
        Fact("language embeddings", language.tiedEmbeddings ? "tied" : "untied", source: "language")
      ]
      facts += language.block.facts("language") + language.specialFacts
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
}
