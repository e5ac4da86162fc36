internal import Documents
public import Architectures
public import Engines
public import Hardware
internal import Operators
internal import Quantities

extension Report {
  /// The devices of a catalog, one a row.
  public static func list(_ devices: [Accelerator]) -> Report {
    Report(
      headings: [],
      table: ReportTable(
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
        OutputRecord([
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
  public static func list(_ models: [MultimodalModel]) -> Report {
    Report(
      headings: [],
      table: ReportTable(
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
        OutputRecord([
          "name": .text(model.name), "title": .text(model.title),
          "aliases": .text(model.aliases.joined(separator: " ")),
          "parameters": .number(model.parameterCount), "visual_tokens": .number(model.visualTokens.map(Double.init)),
          "parts": .text(model.parts.joined(separator: " ")),
        ])
      })
  }

  /// The engines of a catalog, one a row.
  public static func list(_ engines: [Engine]) -> Report {
    Report(
      headings: [],
      table: ReportTable(
        [.text("name"), .text("title", priority: 2), .number("utilization"), .text("default for", priority: 1)],
        rows: engines.map { [$0.name, $0.title, $0.memory.utilization.stated, $0.defaultsText] }),
      records: engines.map { engine in
        OutputRecord([
          "name": .text(engine.name), "title": .text(engine.title),
          "aliases": .text(engine.aliases.joined(separator: " ")),
          "memory_utilization": .number(engine.memory.utilization.value.value),
          "default_for": .text(engine.defaultsText),
        ])
      })
  }

  /// Everything that the catalog knows of an engine, with the source of every figure.
  public static func show(_ engine: Engine) -> Report {
    let defaults = engine.defaultsText
    let names = engine.aliases.map { "alias \($0)" } + (defaults.isEmpty ? [] : ["taken unasked for: \(defaults)"])
    return show(
      "\(engine.title) (\(engine.name))", names, engine.facts, of: engine.name,
      notes: engine.sources.map { "\($0.key): \($0.text)" } + engine.notes)
  }

  /// Figures with their sources.
  private static func show(
    _ title: String, _ names: [String], _ facts: [Fact], of name: String, notes: [String]
  ) -> Report {
    Report(
      headings: [title] + (names.isEmpty ? [] : [names.joined(separator: ", ")]),
      table: ReportTable(
        [.text("figure"), .number("value"), .text("source"), .text("note", wraps: true)],
        rows: facts.map { [$0.name, $0.value, $0.source ?? "unverified", $0.note ?? ""] }),
      notes: notes, records: facts.map { OutputRecord($0, of: name) })
  }

  /// Everything that the catalog knows of a device, with the source of every figure.
  public static func show(_ device: Accelerator) -> Report {
    show(
      "\(device.title) (\(device.name))",
      [device.vendor, device.kind.rawValue] + device.aliases.map { "alias \($0)" }, device.facts, of: device.name,
      notes: device.shownSources.map { "\($0.key): \($0.text)" } + device.notes)
  }

  /// Everything that the catalog knows of a model, with the source of every part.
  public static func show(_ model: MultimodalModel) -> Report {
    let facts = model.facts
    return Report(
      headings: [
        "\(model.title) (\(model.name))",
        ([model.parts.joined(separator: ", ")] + model.aliases.map { "alias \($0)" }).joined(separator: ", "),
      ],
      table: ReportTable([.text("figure"), .number("value")], rows: facts.map { [$0.name, $0.value] }),
      notes: model.sources.map { "\($0.part): \($0.text)" } + model.notes,
      records: facts.map { OutputRecord($0, of: model.name) })
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
