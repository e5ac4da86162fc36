package import Catalog
package import Documents
internal import Architectures
internal import Engines
internal import Estimation
internal import Hardware
internal import Operators
internal import Quantities

extension MemoryValidation {
  /// Files of up to this size are read.
  private static let sizeLimit = 1 << 24

  /// Whether the file at `path` has what engines report of memory, and not times.
  package static func reads(_ path: String) throws(Diagnostic) -> Bool {
    try table(path).column("kv_cache_gib") != nil
  }

  /// Predicts every row of the file at `path`; only those of one device if `hardware` names it.
  ///
  /// The file has the columns `model device gpu_memory_utilization kv_cache_gib` and perhaps `engine engine_version tp pp
  /// max_model_len max_num_seqs max_num_batched_tokens dtype quantization kv_cache_dtype kv_cache_tokens failed`; rows of
  /// what the catalog lacks are left out and counted.
  /// - Throws: `Diagnostic` at the field that cannot be read, or if no row is left.
  package init(measurements path: String, hardware: String? = nil, catalog: Catalog = .standard) throws(Diagnostic) {
    let only = try hardware.map { name throws(Diagnostic) in try catalog.hardware(name).name }
    let (runs, omissions) = try MemoryMeasurements(Self.table(path), catalog).runs(only: only)
    guard !runs.isEmpty else {
      let device = only.map { " of \($0)" } ?? ""
      throw Diagnostic(file: path, (["no row\(device) can be compared"] + omissions).joined(separator: "; "))
    }
    self.init(file: path, runs, omissions: omissions)
  }

  private static func table(_ path: String) throws(Diagnostic) -> CSV {
    try CSV(parsing: Files.readText(path, limit: sizeLimit), file: path)
  }
}

/// Reads what engines report of memory.
private struct MemoryMeasurements {
  private let table: CSV
  private let catalog: Catalog

  init(_ table: CSV, _ catalog: Catalog) throws(Diagnostic) {
    (self.table, self.catalog) = (table, catalog)
    for column in ["model", "device", "gpu_memory_utilization", "kv_cache_gib"] { _ = try table.required(column) }
  }

  /// The rows that can be predicted, and why others cannot.
  func runs(only: String?) throws(Diagnostic) -> ([MemoryRun], [String]) {
    var runs: [MemoryRun] = []
    var omissions: [String: Int] = [:]
    var models = Named(try CatalogNames(.models, of: catalog), read: catalog.model, name: \.name)
    var hardware = Named(try CatalogNames(.hardware, of: catalog), read: catalog.hardware, name: \.name)
    let engines = try CatalogNames(.engines, of: catalog)
    for row in table.rows {
      guard let model = try field("model", row).flatMap({ (node) throws(Diagnostic) in try models.item(node) }),
        let device = try field("device", row).flatMap({ (node) throws(Diagnostic) in try hardware.item(node) })
      else {
        omissions["of models or devices that the catalog lacks", default: 0] += 1
        continue
      }
      if let only, device.name != only { continue }
      guard let engine = try engine(row, engines) else {
        omissions["of engines or versions that the catalog lacks", default: 0] += 1
        continue
      }
      guard let precision = try precision(row, of: model.item) else {
        omissions["of formats that are not compared", default: 0] += 1
        continue
      }
      do throws(Diagnostic) {
        runs.append(try run(row, model.item, device.item, engine, precision))
      } catch {
        guard error.file == nil else { throw error }
        omissions["that make no run here: \(error.message)", default: 0] += 1
      }
    }
    return (runs, omissions.sorted { $0.key < $1.key }.map { "\($0.value) rows \($0.key) are left out" })
  }

  /// The prediction for a row: of one sequence as long as the engine allows.
  private func run(
    _ row: CSV.Row, _ model: MultimodalModel, _ device: Accelerator, _ engine: Engine, _ precision: Precision
  ) throws(Diagnostic) -> MemoryRun {
    let length = try count("max_model_len", row) ?? 1
    // Before its version 0.8 vLLM passes prompts of up to 32,768 tokens whole.
    let isWhole = try (version(row).map { $0.major == 0 && $0.minor < 8 } ?? false) && length <= 32_768
    let settings = EngineMemory.Settings(
      utilization: try number("gpu_memory_utilization", row, in: 0.01...1), sequences: try count("max_num_seqs", row),
      batchTokens: try count("max_num_batched_tokens", row) ?? (isWhole ? length : nil))
    let spread = Parallelism(tensor: try count("tp", row) ?? 1, pipeline: try count("pp", row) ?? 1)
    var estimator = try Estimator(
      model, on: device, at: precision, parallelism: spread, engine: engine.with(settings))
    let estimate = try estimator.estimate(
      .tokens(0), textTokens: 1, serving: Serving(context: max(0, length - 1), parallelism: spread))
    guard let pool = estimate.cacheCapacity else { throw Diagnostic("the memory of \(device.name) is not known") }
    return MemoryRun(
      line: row.position.line, model: model.name, hardware: device.name, engine: engine.name, pool: pool.value,
      measuredPool: try number("kv_cache_gib", row, in: -1e6...1e6).map { $0 * 1_073_741_824 },
      tokens: estimate.cacheTokens, measuredTokens: try number("kv_cache_tokens", row, in: 0...1e15),
      fits: estimate.fits ?? false, started: try number("failed", row, in: 0...1) != 1)
  }

  /// The engine and its version, as the catalog calls them: `vllm-0.19`, or without a version `vllm`.
  private func engine(_ row: CSV.Row, _ names: CatalogNames) throws(Diagnostic) -> Engine? {
    let name = try field("engine", row)?.text("the engine") ?? "vllm"
    guard table.column("engine_version") != nil else {
      return try names.file(of: name).map { (file) throws(Diagnostic) in try catalog.engine(file) }
    }
    guard let version = try version(row) else { return nil }
    return try names.file(of: "\(name)-\(version.major).\(version.minor)").map { (file) throws(Diagnostic) in
      try catalog.engine(file)
    }
  }

  private func version(_ row: CSV.Row) throws(Diagnostic) -> EngineVersion? {
    try field("engine_version", row).flatMap { (node) throws(Diagnostic) in EngineVersion(try node.text("the version"))
    }
  }

  /// How weights and cache are stored; nil for formats whose bits differ from file to file. A row that says nothing of it
  /// is of the model as its checkpoint stores it.
  private func precision(_ row: CSV.Row, of model: MultimodalModel) throws(Diagnostic) -> Precision? {
    let quantization = try field("quantization", row)?.text("the quantization").spelling
    let format = try field("dtype", row)?.text("the format").spelling
    let quantized = quantization ?? "none"
    let name = quantized == "none" ? format ?? "bf16" : quantized.hasPrefix("fp8") ? "fp8" : quantized
    let own = quantization == nil && format == nil ? model.checkpoint : nil
    guard ["fp32", "fp16", "bf16", "fp8", "mxfp4"].contains(name),
      let precision = own.flatMap({ $0.isDefault ? $0.precision : nil })
        ?? Precision.all.first(where: { $0.name == name })
    else { return nil }
    let cache = try field("kv_cache_dtype", row)?.text("the format of the cache").spelling ?? "auto"
    return cache.hasPrefix("fp8") ? precision.caching(in: .fp8) : precision
  }

  /// A field that is not empty.
  private func field(_ name: String, _ row: CSV.Row) -> Node? {
    table.column(name).map { row[$0] }.flatMap { $0.isNull ? nil : $0 }
  }

  private func number(_ name: String, _ row: CSV.Row, in range: ClosedRange<Double>) throws(Diagnostic) -> Double? {
    guard let field = field(name, row) else { return nil }
    return try field.number(name, in: range)
  }

  private func count(_ name: String, _ row: CSV.Row) throws(Diagnostic) -> Int? {
    guard let field = field(name, row) else { return nil }
    return try field.integer(name, in: 1...10_000_000)
  }
}
