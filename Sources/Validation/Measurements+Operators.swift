internal import Catalog
internal import Documents
internal import Estimation
internal import Hardware
internal import Operators
internal import Quantities

/// Reads the times of single operators.
struct OperatorMeasurements {
  let table: CSV
  let devices: Devices
  private let hardware, kind, precision, seconds: Int
  private let source: Int?
  private let sizes: [Int?]

  init(_ table: CSV, _ devices: Devices) throws(Diagnostic) {
    self.table = table
    self.devices = devices
    hardware = try table.required("hardware")
    kind = try table.required("operator")
    precision = try table.required("precision")
    seconds = try table.required("seconds")
    source = table.column("source")
    sizes = MeasuredSizes.names.map { table.column($0) }
  }

  /// The rows, predicted; only those of one device if `only` names it.
  func measurements(only: String?) throws(Diagnostic) -> [Measurement] {
    var result: [Measurement] = []
    result.reserveCapacity(table.rows.count)
    for row in table.rows {
      let field = row[hardware]
      if let only, !devices.isNamed(field, only) { continue }
      result.append(try measurement(row, devices.device(field)))
    }
    return result
  }

  private func measurement(_ row: CSV.Row, _ device: Devices.Device) throws(Diagnostic) -> Measurement {
    let kind = try row[kind].choice("the operator", of: MeasuredKind.self)
    let rates = try device.rates(row[precision])
    let precision = rates.precision
    let sizes = try sizes(row, kind)
    let source = try source.map { column throws(Diagnostic) in try row[column].text("the source") } ?? ""
    let isSideBySide = Self.isSideBySide(source)
    let estimate = OperatorEstimate(
      kind.operation(sizes, norm: isSideBySide ? .layer : .rms), rates.rates, .stream)
    let kernels = kind == .add && isSideBySide ? 2.0 : 1
    var expected = estimate.kernel * kernels
    if kind == .matmul, precision.productInputBits < precision.activationBits, source.hasPrefix("aiconfigurator") {
      expected += Self.quantization(elements: sizes.rows * sizes.inner)
    }
    return Measurement(
      hardware: device.name, kind: kind.rawValue, precision: precision.name, source: source,
      rows: max(sizes.rows, sizes.tokens), sizes: sizes, isEstimated: device.isEstimated, line: row.position.line,
      measured: Seconds(try row[seconds].number("the seconds", in: 1e-12...1e6)),
      ideal: estimate.time.longest * kernels, cachedIdeal: estimate.cachedIdeal * kernels,
      expected: max(expected, estimate.time.longest * kernels))
  }

  /// Whether rows are of vidur's phi-2, whose attention and MLP run side by side: there "add" times two sums one after
  /// the other and "norm" torch's layer norm, in other models one sum and Sarathi-Serve's RMS norm
  /// (github.com/microsoft/vidur at commit 7d47513, vidur/profiling/mlp/mlp_impl.py).
  static func isSideBySide(_ source: String) -> Bool { source.hasPrefix("vidur") && source.contains("phi-2") }

  /// What aiconfigurator's times of 8-bit products include: the kernels of vLLM 0.14 that find the scale of an input of
  /// so many elements and quantise it, as `Tools/fit_achieved.py` fitted them on H100. With vLLM 0.19 such rows
  /// take half as long; engines that quantise in the step before, as is assumed elsewhere, need none.
  private static func quantization(elements: Double) -> Seconds { Seconds(9.73e-6 + 10.82e-12 * elements) }

  private func sizes(_ row: CSV.Row, _ kind: MeasuredKind) throws(Diagnostic) -> MeasuredSizes {
    var result = MeasuredSizes()
    for (index, name) in MeasuredSizes.names.enumerated() where kind.columns.contains(name) {
      guard let column = sizes[index] else {
        throw Diagnostic(table.header, "the column \"\(name)\" is missing, which \(kind.rawValue) needs")
      }
      result.set(index, to: try row[column].number("the column \"\(name)\"", in: 1...1e12))
    }
    return result
  }
}

/// The devices that rows name, each read once.
final class Devices {
  /// A device, and its rates at the precisions that were asked for.
  final class Device {
    /// Its catalog name.
    let name: String
    /// Whether what kernels achieve on it was not measured.
    let isEstimated: Bool
    private let accelerator: Accelerator
    private var known: [String: (precision: Precision, rates: Rates)] = [:]

    init(_ accelerator: Accelerator) {
      self.accelerator = accelerator
      (name, isEstimated) = (accelerator.name, accelerator.achieved.isEstimated)
    }

    /// The rates at the precision that a field names.
    func rates(_ field: Node) throws(Diagnostic) -> (precision: Precision, rates: Rates) {
      let name = try field.text("the precision")
      if let known = known[name] { return known }
      guard let precision = Precision.all.first(where: { $0.name == name }) else {
        let all = Precision.all.map(\.name).joined(separator: ", ")
        throw field.error("expected a precision (\(all)), found \(field.summary)")
      }
      let rates = (precision, Rates(accelerator, at: precision))
      known[name] = rates
      return rates
    }
  }

  private let catalog: Catalog
  private let names: CatalogNames
  private var known: [String: Device] = [:]

  init(_ catalog: Catalog) throws(Diagnostic) {
    self.catalog = catalog
    names = try CatalogNames(.hardware, of: catalog)
  }

  /// Whether a field names the device `name`; not if it names one that the catalog lacks.
  func isNamed(_ field: Node, _ name: String) -> Bool {
    guard let text = try? field.text("the hardware") else { return false }
    return (try? names.file(of: text)) == name
  }

  /// The device that a field names.
  func device(_ field: Node) throws(Diagnostic) -> Device {
    let text = try field.text("the hardware")
    if let known = known[text] { return known }
    let name: String?
    do { name = try names.file(of: text) } catch { throw field.error(error.message) }
    guard let name else { throw field.error(try catalog.unknown(.hardware, text).message) }
    let device = Device(try catalog.hardware(name))
    known[text] = device
    return device
  }
}
