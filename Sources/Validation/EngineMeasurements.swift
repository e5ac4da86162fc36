internal import Catalog
internal import Documents
internal import Architectures
internal import Engines
internal import Estimation
internal import Hardware
internal import Operators
internal import Quantities
internal import Reduction
internal import ReductionMethods

/// Reads the times of engines.
struct EngineMeasurements {
  private let table: CSV
  private var models: Named<MultimodalModel>
  private var devices: Named<Accelerator>
  private var engines: EngineNames
  private var unknown: [UnknownName: Int] = [:]
  private var omissions: [String: Int] = [:]
  private var inputs: [String: VisualInput] = [:]

  init(_ table: CSV, _ catalog: Catalog) throws(Diagnostic) {
    self.table = table
    models = Named(try CatalogNames(.models, of: catalog), read: catalog.model, name: \.name)
    devices = Named(try CatalogNames(.hardware, of: catalog), read: catalog.hardware, name: \.name)
    engines = EngineNames(try catalog.allEngines())
    for column in ["model", "device", "precision"] { _ = try table.required(column) }
  }

  /// Names that the catalog lacks, the most frequent first.
  var unknownNames: [UnknownName] {
    unknown.map { (name, rows) in UnknownName(kind: name.kind, name: name.name, rows: rows) }
      .sorted { ($1.rows, $0.kind, $0.name) < ($0.rows, $1.kind, $1.name) }
  }

  /// What else rows were left out for.
  var omissionTexts: [String] {
    omissions.sorted { $0.key < $1.key }.map { "\($0.value) rows \($0.key) are left out" }
  }

  mutating func runs(only: String?) throws(Diagnostic) -> [EngineRun] {
    var runs: [EngineRun] = []
    for row in table.rows {
      let device = try name(row, "device", "device") { (node, reader) throws(Diagnostic) in
        try node.device(in: &reader.devices)
      }
      guard let device else { continue }
      if let only, device.name != only { continue }
      let model = try name(row, "model", "model") { (node, reader) throws(Diagnostic) in
        try node.model(in: &reader.models)
      }
      let precision = try name(row, "precision", "precision") { (node, _) throws(Diagnostic) in node.precisionOfEngine }
      guard let model, let engine = try engine(row), let precision else { continue }
      if try text("note", row)?.contains("FLAG") ?? false {
        omissions["that a note flags as doubtful", default: 0] += 1
        continue
      }
      do throws(Diagnostic) {
        for setup in try setups(row, model, device, engine, precision) {
          runs.append(
            try EngineRun(
              setup.setup, line: row.position.line, source: text("source", row) ?? "", measured: setup.measured))
        }
      } catch {
        guard error.file == nil else { throw error }
        omissions["that make no run here (\(error.message))", default: 0] += 1
      }
    }
    return runs
  }

  /// What a field names; nil, and counted, where the catalog lacks it.
  private mutating func name<Item>(
    _ row: CSV.Row, _ column: String, _ kind: String, _ read: (Node, inout Self) throws(Diagnostic) -> Item?
  ) throws(Diagnostic) -> Item? {
    guard let node = field(column, row) else {
      unknown[UnknownName(kind: kind, name: "", rows: 0), default: 0] += 1
      return nil
    }
    if let item = try read(node, &self) { return item }
    unknown[UnknownName(kind: kind, name: (try? node.text("the name")) ?? "", rows: 0), default: 0] += 1
    return nil
  }

  /// The engine of a row, of the version that it says.
  private mutating func engine(_ row: CSV.Row) throws(Diagnostic) -> Engine? {
    let version = try text("engine_version", row)
    let column = try text("engine", row) != nil ? "engine" : "framework"
    return try name(row, column, "engine") { (node, reader) throws(Diagnostic) in
      reader.engines.engine(node, version: version)
    }
  }

  /// The runs of a row: one, or of a row of a server as many as it has figures of.
  private mutating func setups(
    _ row: CSV.Row, _ model: MultimodalModel, _ device: Accelerator, _ engine: Engine, _ precision: Precision
  ) throws(Diagnostic) -> [(setup: EngineRun.Setup, measured: Seconds)] {
    let isServer = table.column("input_tokens") != nil
    guard let prompt = try count(isServer ? "input_tokens" : "prompt_tokens", row, from: 0) else {
      throw Diagnostic("the prompt's tokens are not given as a number")
    }
    let generated = isServer ? "output_tokens" : table.column("generated") != nil ? "generated" : "new_tokens"
    var setup = EngineRun.Setup(
      model: model, device: device, precision: try caching(precision, row), engine: engine,
      visual: try visual(row, model), parallelism: try parallelism(row), batch: try count("batch", row, from: 1) ?? 1,
      prompt: prompt, context: try count("context_tokens", row, from: 0) ?? 0,
      generated: try count(generated, row, from: 0) ?? 0, phase: .prefill)
    if isServer { return try served(row, setup) }
    let phase = try text("phase", row) ?? "prefill"
    switch phase {
    case "prefill", "ttft", "decode", "request": setup.phase = EngineRun.Phase(rawValue: phase) ?? .prefill
    case "e2e", "throughput": setup.phase = .request
    default: throw Diagnostic("the phase is none of prefill, ttft, decode, request, throughput")
    }
    if setup.phase == .decode { setup.prompt = max(1, setup.prompt) }
    guard setup.prompt > 0 else { throw Diagnostic("the prompt is empty") }
    return [(setup, try seconds(row, setup))]
  }

  /// The figures of a server that handles one request, or one batch from its beginning to its end.
  private func served(
    _ row: CSV.Row, _ setup: EngineRun.Setup
  ) throws(Diagnostic) -> [(setup: EngineRun.Setup, measured: Seconds)] {
    guard let batch = try count("concurrency", row, from: 1) else { throw Diagnostic("no concurrency is given") }
    let rate = try self.text("request_rate", row) ?? ""
    guard batch == 1 || rate.hasPrefix("offline") else {
      throw Diagnostic("requests come and go; roofline simulate is for those")
    }
    var setup = setup
    setup.batch = batch
    var runs: [(setup: EngineRun.Setup, measured: Seconds)] = []
    func add(_ phase: EngineRun.Phase, _ seconds: Double?) {
      guard let seconds else { return }
      setup.phase = phase
      runs.append((setup, Seconds(seconds)))
    }
    add(.ttft, try number("ttft_mean_s", row))
    if setup.generated > 1 {
      add(.decode, try number("tpot_mean_s", row))
      let rate = try number("output_tokens_per_s_total", row)
      let whole = try number("e2e_mean_s", row)
      add(.request, rate.map { Double(batch * setup.generated) / $0 } ?? whole)
    }
    guard !runs.isEmpty else { throw Diagnostic("no time is given") }
    return runs
  }

  /// The time of a row: in seconds, or as a value with a unit.
  private func seconds(_ row: CSV.Row, _ setup: EngineRun.Setup) throws(Diagnostic) -> Seconds {
    if let seconds = try number("seconds", row) { return Seconds(seconds) }
    guard let value = try number("value", row), let unit = field("unit", row) else {
      throw Diagnostic("no time is given")
    }
    switch try unit.text("the unit") {
    case "s": return Seconds(value)
    case "ms": return Seconds(value / 1000)
    case "tokens/s":
      let tokens =
        switch setup.phase {
        case .prefill, .ttft: setup.batch * (setup.prompt + setup.visual.tokens.initial)
        case .decode: setup.batch
        case .request: setup.batch * setup.generated
        }
      guard tokens > 0 else { throw Diagnostic("no token is made at a rate of tokens") }
      return Seconds(Double(tokens) / value)
    default: throw Diagnostic("of units other than s, ms and tokens/s")
    }
  }

  private mutating func visual(_ row: CSV.Row, _ model: MultimodalModel) throws(Diagnostic) -> VisualInput {
    let all = model.visualTokens ?? 0
    guard let reducer = try text("reducer", row) else {
      let visual = try text("visual", row) ?? "none"
      if visual == "none" { return .tokens(0) }
      if visual == "full" { return .tokens(all) }
      guard let count = Int(visual), count >= 0 else { throw Diagnostic("visual tokens are full, none or a number") }
      return .tokens(count)
    }
    let key = "\(model.name) \(reducer)"
    if let known = inputs[key] { return known }
    // Of a picture nothing is known: what a method leaves that looks at it is what it leaves of the usual sample.
    let input = try VisualInput.reduced(by: ReducerChain(reducer), in: model) { Sample.text.features() }
    inputs[key] = input
    return input
  }

  /// The devices of a row, which share every layer, or some layers of which each has.
  private func parallelism(_ row: CSV.Row) throws(Diagnostic) -> Parallelism {
    let (named, counted) = (try count("devices", row, from: 1), try count("n_dev", row, from: 1))
    let devices = named ?? counted ?? 1
    if let spread = try text("parallelism", row) {
      guard spread == "tp\(devices)" || devices == 1 else {
        throw Diagnostic("of devices that do not all share every layer")
      }
      return Parallelism(tensor: devices)
    }
    let tensor = try count("tp", row, from: 1) ?? devices
    guard tensor == devices || devices == 1 else {
      throw Diagnostic("of devices that do not all share every layer")
    }
    return Parallelism(tensor: tensor)
  }

  /// The precision with the cache that the row has: its own format, or 8 bits where it says so.
  private func caching(_ precision: Precision, _ row: CSV.Row) throws(Diagnostic) -> Precision {
    guard let format = try text("kv_precision", row) else {
      return try text("note", row)?.contains("KV cache FP8") ?? false ? precision.caching(in: .fp8) : precision
    }
    guard let known = NumberFormat(rawValue: format.lowercased()) else {
      throw Diagnostic("the cache's format is not known")
    }
    return precision.caching(in: known)
  }

  /// A field that is not empty.
  private func field(_ name: String, _ row: CSV.Row) -> Node? {
    table.column(name).map { row[$0] }.flatMap { $0.isNull ? nil : $0 }
  }

  private func text(_ name: String, _ row: CSV.Row) throws(Diagnostic) -> String? {
    guard let field = field(name, row) else { return nil }
    let text = try field.text(name)
    return text.isEmpty ? nil : text
  }

  private func number(_ name: String, _ row: CSV.Row) throws(Diagnostic) -> Double? {
    guard let field = field(name, row) else { return nil }
    return try field.number(name, in: 1e-9...1e12)
  }

  /// A whole number, perhaps written as in `4.0`; nil of a field that is empty or not there.
  private func count(_ name: String, _ row: CSV.Row, from least: Double) throws(Diagnostic) -> Int? {
    guard let field = field(name, row) else { return nil }
    guard let text = try? field.text(name), Double(text) != nil else {
      throw Diagnostic("the \(name) are not given as a number")
    }
    guard let count = Int(exactly: try field.number(name, in: least...1e7)) else {
      // Means of lengths that differ.
      throw Diagnostic("the \(name) are no whole number")
    }
    return count
  }
}
