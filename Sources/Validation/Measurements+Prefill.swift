internal import Architectures
internal import Catalog
internal import Documents
internal import Estimation
internal import Hardware
internal import Operators
internal import Quantities

/// Reads the times of whole prefills.
struct PrefillMeasurements {
  let table: CSV
  let catalog: Catalog
  private let model, precision, tokens, device: Int
  private let batch, seconds, value, unit, phase, devices, tensor, kernels, source: Int?

  init(_ table: CSV, _ catalog: Catalog) throws(Diagnostic) {
    self.table = table
    self.catalog = catalog
    model = try table.required("model")
    precision = try table.required("precision")
    batch = table.column("batch")
    tokens = try table.required("prompt_tokens")
    device = try table.required("device")
    seconds = table.column("seconds")
    value = seconds == nil ? try table.required("value") : nil
    unit = seconds == nil ? try table.required("unit") : nil
    phase = table.column("phase")
    devices = table.column("n_dev")
    tensor = table.column("tp")
    kernels = table.column("kernels")
    source = table.column("source")
  }

  /// What rows share: the items that they name, and prices.
  private struct Shared {
    var models: Named<MultimodalModel>
    var hardware: Named<Accelerator>
    var prices = PrefillPrices()
  }

  /// What comes of a row.
  private enum Outcome {
    case measured(Measurement)
    case leftOut(String)
    case notAsked
  }

  /// The rows that can be predicted, and why others cannot.
  func measurements(only: String?) throws(Diagnostic) -> ([Measurement], [String]) {
    var result: [Measurement] = []
    var omissions: [String: Int] = [:]
    var shared = Shared(
      models: Named(try CatalogNames(.models, of: catalog), read: catalog.model, name: \.name),
      hardware: Named(try CatalogNames(.hardware, of: catalog), read: catalog.hardware, name: \.name))
    result.reserveCapacity(table.rows.count)
    for row in table.rows {
      switch try outcome(of: row, only: only, &shared) {
      case .measured(let measurement): result.append(measurement)
      case .leftOut(let why): omissions[why, default: 0] += 1
      case .notAsked: continue
      }
    }
    return (result, omissions.sorted { $0.key < $1.key }.map { "\($0.value) rows \($0.key) are left out" })
  }

  private func outcome(of row: CSV.Row, only: String?, _ shared: inout Shared) throws(Diagnostic) -> Outcome {
    let (knownModel, knownDevice) = (try shared.models.item(row[model]), try shared.hardware.item(row[device]))
    if let phase, !row[phase].isNull, try row[phase].text("the phase") != "prefill" {
      return .leftOut("not of a prefill")
    }
    guard let model = knownModel, let precision = Self.precision(row[precision]) else {
      return .leftOut("of models that the catalog lacks, or of other precisions")
    }
    guard let device = knownDevice else { return .leftOut("of devices that the catalog lacks") }
    if let only, device.name != only { return .notAsked }
    guard let parallelism = try parallelism(row) else {
      return .leftOut("of several devices that do not share every layer")
    }
    guard parallelism.devices == 1 || Self.canSpread(model.item, over: parallelism, on: device.item) else {
      return .leftOut("of more devices than the model has heads for, or linked by nothing that is known")
    }
    let size = try size(row)
    let named = kernels.flatMap { row[$0].isNull ? nil : row[$0] }
    let kernels = try named?.choice("the kernels", of: Accounting.Kernels.self) ?? .fused
    let setting = PrefillPrices.Setting(
      model: model.name, device: device.name, precision: precision.name, kernels: kernels, parallelism: parallelism)
    let price: PrefillPrices.Price
    do throws(Diagnostic) {
      let run = try shared.prices.run(setting) { () throws(Diagnostic) in
        try .init(model.item, device.item, precision, kernels, parallelism)
      }
      guard run.canPrefill(size.tokens) else {
        return .leftOut("of a vision tower with another number of tokens than it has")
      }
      price = try shared.prices.price(run, setting, batch: size.batch, tokens: size.tokens)
    } catch {
      throw error.file == nil ? Diagnostic(row.position, error.message) : error
    }
    return .measured(try measurement(row, setting, price, size))
  }

  /// The devices of a row, which share every layer (`tp`, or where that is missing all of `n_dev`); nil where there are
  /// more devices than share a layer, each with some of the layers.
  private func parallelism(_ row: CSV.Row) throws(Diagnostic) -> Parallelism? {
    let devices = try Self.count(row, devices, "n_dev")
    let tensor = try Self.count(row, tensor, "tp")
    guard let tensor, let devices else { return Parallelism(tensor: tensor ?? devices ?? 1) }
    return tensor == devices ? Parallelism(tensor: tensor) : nil
  }

  /// A whole number of at least 1 and at most `limit`, perhaps written as in `4.0`; nil of a field that is empty or not
  /// there.
  private static func count(
    _ row: CSV.Row, _ column: Int?, _ name: String, limit: Double = 1e6
  ) throws(Diagnostic) -> Int? {
    guard let column, !row[column].isNull else { return nil }
    let number = try row[column].number(name, in: 1...limit)
    guard let count = Int(exactly: number) else {
      throw row[column].error("expected \(name) to be a whole number, found \(row[column].summary)")
    }
    return count
  }

  /// The sequences of a row and the tokens of each.
  private func size(_ row: CSV.Row) throws(Diagnostic) -> (batch: Int, tokens: Int) {
    guard let tokens = try Self.count(row, tokens, "the prompt's tokens", limit: 1e7) else {
      throw row[tokens].error("expected the prompt's tokens to be a number, found \(row[tokens].summary)")
    }
    return (try Self.count(row, batch, "the batch") ?? 1, tokens)
  }

  /// Whether a prefill over several devices can be priced.
  private static func canSpread(_ model: MultimodalModel, over parallelism: Parallelism, on device: Accelerator) -> Bool
  {
    do throws(Diagnostic) { try parallelism.check(model) } catch { return false }
    return device.interconnect != nil
  }

  private func measurement(
    _ row: CSV.Row, _ setting: PrefillPrices.Setting, _ price: PrefillPrices.Price, _ size: (batch: Int, tokens: Int)
  ) throws(Diagnostic) -> Measurement {
    let devices = setting.devices > 1 ? "\(setting.devices) devices, " : ""
    return Measurement(
      hardware: setting.device, kind: "prefill", precision: setting.precision,
      source: source.flatMap { try? row[$0].text("the source") } ?? "", rows: Double(size.tokens),
      devices: setting.devices, batch: size.batch,
      model: (setting.model, "\(setting.model), \(devices)\(size.batch) x \(size.tokens) tokens"),
      isEstimated: price.isEstimated, line: row.position.line,
      measured: try measured(row, tokens: Double(size.batch) * Double(size.tokens)), ideal: price.ideal,
      cachedIdeal: price.ideal, expected: price.expected)
  }

  /// The time of a row: in seconds, milliseconds, or as a rate of tokens.
  private func measured(_ row: CSV.Row, tokens: Double) throws(Diagnostic) -> Seconds {
    if let seconds { return Seconds(try row[seconds].number("the seconds", in: 1e-9...1e9)) }
    guard let value, let unit else { throw Diagnostic(table.header, "the column \"seconds\" is missing") }
    let number = try row[value].number("the value", in: 1e-9...1e12)
    switch try row[unit].text("the unit") {
    case "s": return Seconds(number)
    case "ms": return Seconds(number / 1000)
    case "tokens/s": return Seconds(tokens / number)
    default: throw row[unit].error("expected s, ms or tokens/s, found \(row[unit].summary)")
    }
  }

  /// The precision that a field names, `W4A16` among others.
  private static func precision(_ field: Node) -> Precision? {
    guard let text = try? field.text("the precision").lowercased() else { return nil }
    if let precision = Precision.all.first(where: { $0.name == text }) { return precision }
    if text.split(separator: " ").contains("w4a16") { return .int4 }
    return nil
  }
}

/// What the fields of a column name in the catalog, each read once.
struct Named<Item> {
  /// An item that many rows share.
  final class Shared {
    let name: String
    let item: Item
    init(_ item: Item, name: String) { (self.item, self.name) = (item, name) }
  }

  private let names: CatalogNames
  private let read: (String) throws(Diagnostic) -> Item
  private let name: (Item) -> String
  private var known: [String: Shared?] = [:]

  init(
    _ names: CatalogNames, read: @escaping (String) throws(Diagnostic) -> Item, name: @escaping (Item) -> String
  ) {
    (self.names, self.read, self.name) = (names, read, name)
  }

  /// What a field names; nil if the catalog lacks it.
  ///
  /// - Throws: `Diagnostic` for a name that could mean several, and of a file of the catalog that cannot be read.
  mutating func item(_ field: Node) throws(Diagnostic) -> Shared? {
    guard let text = try? field.text("the name") else { return nil }
    if let known = known[text] { return known }
    var file: String?
    do throws(Diagnostic) {
      file = try names.file(of: text)
      if file == nil { file = try names.file(of: Self.catalogName(text)) }
    } catch {
      throw field.error(error.message)
    }
    var shared: Shared?
    if let file {
      let item = try read(file)
      shared = Shared(item, name: name(item))
    }
    known[text] = .some(shared)
    return shared
  }

  /// A name as the catalog writes it: `RTX 4090` is `rtx-4090`.
  private static func catalogName(_ text: String) -> String {
    text.lowercased().split { !$0.isLetter && !$0.isNumber && $0 != "." }.joined(separator: "-")
  }
}
