internal import Quantities

/// The kernels of one device, source and precision, by their sizes and rows.
struct KernelSeries {
  /// A row of the series that names it.
  private let first: Measurement
  private let times: [MeasuredLayer.Kernel: [Double: KernelTimes]]
  /// The rows that were measured of each kernel, sorted.
  private let rows: [MeasuredLayer.Kernel: [Double]]

  /// The series of some rows; nil of none.
  init?(_ measurements: [Measurement]) {
    guard let first = measurements.first else { return nil }
    self.first = first
    var groups: [MeasuredLayer.Kernel: [Double: [Measurement]]] = [:]
    for row in measurements {
      guard let kind = MeasuredKind(rawValue: row.kind) else { continue }
      let kernel = MeasuredLayer.Kernel(kind: kind, inner: row.sizes.inner, columns: row.sizes.columns)
      groups[kernel, default: [:]][row.rows, default: []].append(row)
    }
    times = groups.mapValues { $0.compactMapValues { KernelTimes(meanOf: $0) } }
    rows = times.mapValues { $0.keys.sorted() }
  }

  /// The layers that are complete, in the order of their devices and rows.
  func layers(rows range: ClosedRange<Double>, _ elementwise: Validation.Elementwise) -> [Measurement] {
    let isSideBySide = OperatorMeasurements.isSideBySide(first.source)
    return MeasuredLayer.all(of: Set(times.keys), isSideBySide: isSideBySide).flatMap { layer in
      (layer.products.first.flatMap { rows[$0] } ?? []).filter(range.contains).compactMap { rows in
        sum(layer, rows: rows, elementwise).map { measurement(layer, rows: rows, $0) }
      }
    }
  }

  /// The sum over a layer; nil if a kernel is missing.
  private func sum(_ layer: MeasuredLayer, rows: Double, _ elementwise: Validation.Elementwise) -> KernelTimes? {
    var sum = KernelTimes.zero
    for product in layer.products {
      guard let times = times[product]?[rows] else { return nil }
      sum = sum + times
    }
    for (kernel, count) in elementwise == .leftOut ? [] : layer.elementwise {
      let exact = times[kernel]?[rows]
      let near = exact == nil && elementwise == .interpolated ? interpolated(kernel, rows: rows) : exact
      guard let near else { return nil }
      sum = sum + near * count
    }
    return sum
  }

  /// The times of a kernel between the next smaller and the next larger number of rows that were measured, in
  /// proportion; nil if the larger is more than twice the smaller.
  private func interpolated(_ kernel: MeasuredLayer.Kernel, rows: Double) -> KernelTimes? {
    guard let known = times[kernel], let sorted = self.rows[kernel] else { return nil }
    guard let above = sorted.firstIndex(where: { $0 > rows }), above > 0 else { return nil }
    let (low, high) = (sorted[above - 1], sorted[above])
    guard high <= 2 * low, let lower = known[low], let upper = known[high] else { return nil }
    let share = (rows - low) / (high - low)
    return lower * (1 - share) + upper * share
  }

  private func measurement(_ layer: MeasuredLayer, rows: Double, _ times: KernelTimes) -> Measurement {
    var row = first
    row.kind = "layer"
    let devices = layer.devices > 1 ? "\(layer.devices) devices, " : ""
    row.model = (first.unit, "\(first.unit), \(devices)\(rows.fixed(0)) tokens")
    row.rows = rows
    row.devices = layer.devices
    row.sizes = MeasuredSizes()
    (row.measured, row.ideal) = (times.measured, times.ideal)
    (row.cachedIdeal, row.expected) = (times.cachedIdeal, times.expected)
    return row
  }
}
