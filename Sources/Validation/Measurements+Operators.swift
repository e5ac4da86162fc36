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
    for row in table.rows {
      if let only, !devices.isNamed(row[hardware], only) { continue }
      result.append(try measurement(row, devices.device(row[hardware])))
    }
    return result
  }

  private func measurement(
    _ row: CSV.Row, _ device: Accelerator
  ) throws(Diagnostic) -> Measurement {
    let kind = try row[kind].choice("the operator", of: MeasuredKind.self)
    let precisionName = try row[precision].text("the precision")
    guard let precision = Precision.all.first(where: { $0.name == precisionName }) else {
      let known = Precision.all.map(\.name).joined(separator: ", ")
      throw row[precision].error("expected a precision (\(known)), found \(row[precision].summary)")
    }
    let sizes = try sizes(row, kind)
    let source = try source.map { column throws(Diagnostic) in try row[column].text("the source") } ?? ""
    let isSideBySide = Self.isSideBySide(source)
    let estimate = OperatorEstimate(
      kind.operation(sizes, norm: isSideBySide ? .layer : .rms), devices.rates(device, precision), .stream)
    let kernels = kind == .add && isSideBySide ? 2.0 : 1
    var expected = estimate.kernel * kernels
    if kind == .matmul, precision.productInputBits < precision.activationBits, source.hasPrefix("aiconfigurator") {
      expected += Self.quantization(elements: sizes.rows * sizes.inner)
    }
    return Measurement(
      hardware: device.name, kind: kind.rawValue, precision: precisionName, shape: sizes.description(kind),
      source: source, unit: sizes.unit(kind, source: source), rows: max(sizes.rows, sizes.tokens),
      sizes: sizes, isEstimated: device.achieved.isEstimated, line: row.position.line,
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
  private let catalog: Catalog
  private var known: [String: Result<Accelerator, Diagnostic>] = [:]

  private var rates: [String: Rates] = [:]

  init(_ catalog: Catalog) { self.catalog = catalog }

  /// Whether a field names the device `name`; not if it names one that the catalog lacks.
  func isNamed(_ field: Node, _ name: String) -> Bool { (try? device(field).name) == name }

  /// The rates of a device at a precision, looked up once for all rows.
  func rates(_ device: Accelerator, _ precision: Precision) -> Rates {
    let key = "\(device.name) \(precision.name)"
    if let known = rates[key] { return known }
    let rates = Rates(device, at: precision)
    self.rates[key] = rates
    return rates
  }

  /// The device that a field names.
  func device(_ field: Node) throws(Diagnostic) -> Accelerator {
    let name = try field.text("the hardware")
    let result = known[name] ?? Result { () throws(Diagnostic) in try catalog.hardware(name) }
    known[name] = result
    do { return try result.get() } catch { throw field.error(error.message) }
  }
}
