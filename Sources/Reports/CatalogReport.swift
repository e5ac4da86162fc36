public import Architectures
public import Hardware
internal import Operators
internal import Quantities

extension Report {
  /// The devices of a catalog, one a row.
  public static func list(_ devices: [Accelerator]) -> Report {
    Report(
      headings: [],
      table: Table(
        [
          .text("name"), .text("kind", priority: 2), .text("title", priority: 3), .number("FP16 products"),
          .number("FP32 vector", priority: 1), .number("bandwidth"), .number("capacity"),
          .number("ridge point", priority: 1),
        ],
        rows: devices.map { device in
          [
            device.name, device.kind.rawValue, device.title, device.matrixPeak(.fp16).throughput.precise,
            device.vectorPeak(.fp32).throughput.precise, device.bandwidth.value.precise,
            device.capacity?.value.precise ?? "", device.ridgePoint(.fp16).value.fixed(0),
          ]
        }),
      notes: ["dense peaks; \"FP16 products\" is the fastest format that can stand in where a device lacks FP16"],
      records: devices.map { device in
        Record([
          "name": .text(device.name), "title": .text(device.title), "vendor": .text(device.vendor),
          "kind": .text(device.kind.rawValue), "aliases": .text(device.aliases.joined(separator: " ")),
          "fp16_flops_per_second": .number(device.matrixPeak(.fp16).throughput.value),
          "fp32_vector_flops_per_second": .number(device.vectorPeak(.fp32).throughput.value),
          "bandwidth_bytes_per_second": .number(device.bandwidth.value.value),
          "capacity_bytes": .number(device.capacity?.value.value),
          "ridge_point": .number(device.ridgePoint(.fp16).value),
        ])
      })
  }

  /// The models of a catalog, one a row.
  public static func list(_ models: [Model]) -> Report {
    Report(
      headings: [],
      table: Table(
        [
          .text("name"), .text("title", priority: 2), .number("parameters"), .number("visual tokens"),
          .text("parts", priority: 1),
        ],
        rows: models.map { model in
          [
            model.name, model.title, model.parameterCount.grouped, model.visualTokens.map(String.init) ?? "",
            model.parts.joined(separator: ", "),
          ]
        }),
      records: models.map { model in
        Record([
          "name": .text(model.name), "title": .text(model.title),
          "aliases": .text(model.aliases.joined(separator: " ")),
          "parameters": .number(model.parameterCount), "visual_tokens": .number(model.visualTokens.map(Double.init)),
          "parts": .text(model.parts.joined(separator: " ")),
        ])
      })
  }

  /// Everything that the catalog knows of a device, with the source of every figure.
  public static func show(_ device: Accelerator) -> Report {
    let facts = device.facts
    return Report(
      headings: [
        "\(device.title) (\(device.name))",
        ([device.vendor, device.kind.rawValue] + device.aliases.map { "alias \($0)" }).joined(separator: ", "),
      ],
      table: Table(
        [.text("figure"), .number("value"), .text("source"), .text("note", wraps: true)],
        rows: facts.map { [$0.name, $0.value, $0.source ?? "unverified", $0.note ?? ""] }),
      notes: device.shownSources.map { "\($0.key): \($0.text)" } + device.notes,
      records: facts.map { Record($0, of: device.name) })
  }

  /// Everything that the catalog knows of a model, with the source of every part.
  public static func show(_ model: Model) -> Report {
    let facts = model.facts
    return Report(
      headings: [
        "\(model.title) (\(model.name))",
        ([model.parts.joined(separator: ", ")] + model.aliases.map { "alias \($0)" }).joined(separator: ", "),
      ],
      table: Table([.text("figure"), .number("value")], rows: facts.map { [$0.name, $0.value] }),
      notes: model.sources.map { "\($0.part): \($0.text)" } + model.notes,
      records: facts.map { Record($0, of: model.name) })
  }
}

/// A figure of the catalog, ready to be shown.
private struct Fact {
  var name: String
  var value: String
  /// The value in base units, if it is a number.
  var number: Double?
  /// The base unit of the number, if it has one.
  var unit: String?
  /// The keys of its sources, nil if it is unverified.
  var source: String?
  var note: String?

  init(_ name: String, _ figure: Figure<some Quantity>) {
    self.name = name
    value = figure.stated
    number = figure.value.value
    unit = type(of: figure.value).notation.symbols[0]
    source = figure.isVerified ? figure.sources.map(\.key).joined(separator: ", ") : nil
    note = figure.note
  }

  init(_ name: String, _ count: Double, source: String) {
    self.name = name
    value = count.grouped
    number = count
    self.source = source
  }

  init(_ name: String, _ text: String, source: String) {
    self.name = name
    value = text
    self.source = source
  }
}

extension Record {
  fileprivate init(_ fact: Fact, of name: String) {
    self.init([
      "name": .text(name), "figure": .text(fact.name), "value": fact.number.map { .number($0) } ?? .text(fact.value),
      "unit": .text(fact.unit), "source": .text(fact.source), "note": .text(fact.note),
    ])
  }
}

extension Accelerator {
  /// The sources of its file, and that of the default where it has a link of no stated latency.
  fileprivate var shownSources: [Source] {
    let others = interconnect == nil ? [] : linkLatency.sources
    return sources + others.filter { other in !sources.contains { $0.key == other.key } }
  }

  fileprivate var facts: [Fact] {
    var facts: [Fact] = []
    for (units, peaks) in [("matrix", matrixPeaks), ("vector", vectorPeaks)] {
      for format in NumberFormat.allCases {
        guard let figure = peaks[format] else { continue }
        var fact = Fact("\(units) \(format.rawValue)", figure)
        if format.isInteger { fact.unit = "OP/s" }
        facts.append(fact)
      }
    }
    facts.append(Fact("bandwidth", bandwidth))
    if let capacity { facts.append(Fact("capacity", capacity)) }
    if let lastLevelCache { facts.append(Fact("last-level cache", lastLevelCache)) }
    if let interconnect {
      facts.append(Fact("interconnect", interconnect))
      facts.append(Fact("link latency", linkLatency))
    }
    if let power { facts.append(Fact("power", power)) }
    return facts + achieved.facts
  }
}

extension Achieved {
  /// What kernels reach, kind by kind; of what was not measured here, that it is typical of such devices.
  fileprivate var facts: [Fact] {
    let products = NumberFormat.allCases.compactMap { format in
      self.products[format].map { ("products in \(format.rawValue)", $0, true) }
    }
    let others = [("attention", attention, true), ("element-wise", elementwise, false)]
    return (products + others).map { name, rate, hasPeak in
      let keys = rate.sources.map(\.key).joined(separator: ", ")
      let sustained =
        rate.sustained < 1 ? " (\((rate.sustained * 100).fixed(1)) % of that with all multiprocessors at work)" : ""
      let peak = hasPeak ? "\((rate.peak * 100).fixed(1)) % of the peak\(sustained), " : ""
      let share = "\(peak)\((rate.bandwidth * 100).fixed(1)) % of the bandwidth, \(rate.overhead) overhead"
      return Fact("achieved: \(name)", share, source: rate.isEstimated ? "estimated" : keys)
    }
  }
}

extension Model {
  /// The names of the parts that the model has.
  fileprivate var parts: [String] {
    [vision == nil ? nil : "vision", connector == nil ? nil : "connector", language == nil ? nil : "language"]
      .compactMap { $0 }
  }

  fileprivate var facts: [Fact] {
    var facts = [Fact("parameters", parameterCount, source: "parameters")]
    if let vision {
      let encoder = vision.encoder
      facts += [
        Fact("vision parameters", vision.parameters.total, source: "vision"),
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
        Fact("connector parameters", connector.parameters.total, source: "connector"),
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
        Fact("language parameters", language.parameters.total, source: "language"),
        Fact("language layers", Double(language.layers), source: "language"),
        Fact("language vocabulary", Double(language.vocabulary), source: "language"),
        Fact("language embeddings", language.tiedEmbeddings ? "tied" : "untied", source: "language"),
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

extension Quantity {
  /// With at most four digits, as datasheets give them: `112 TFLOP/s`, `1.555 TB/s`.
  fileprivate var precise: String {
    let parts = formatted(significantDigits: 4).split(separator: " ", maxSplits: 1)
    guard let number = parts.first.flatMap({ Double($0) }), let unit = parts.last else { return description }
    return "\(number.shortest) \(unit)"
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
        ("cross-attention layers", crossAttention.count(layers: layers)),
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

extension [ParameterGroup] {
  fileprivate var total: Double { reduce(0) { $0 + $1.count } }
}

extension Double {
  /// A whole number with its digits in groups of three: `6 738 415 616`.
  fileprivate var grouped: String {
    var groups: [Substring] = []
    var rest = shortest[...]
    while rest.count > 3 {
      groups.append(rest.suffix(3))
      rest = rest.dropLast(3)
    }
    return ([rest] + groups.reversed()).joined(separator: " ")
  }
}
