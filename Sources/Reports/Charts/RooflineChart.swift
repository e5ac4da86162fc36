internal import Architectures
internal import Charts
internal import Estimation
internal import Hardware
internal import Operators
internal import Quantities

extension Chart {
  /// So many operators are named, those that take longest.
  private static let named = 10
  private static let throughput = Axis.Unit("FLOP/s")

  /// The operators of an estimate under the roofs of its device: work that must be executed against bytes that must be
  /// moved. Signs are sized by the expected time of all occurrences; a line leads from each to the roof that it could reach.
  static func roofline(_ estimate: Estimate, step: Int? = nil) -> Chart {
    let device = estimate.hardware
    let bandwidth = device.bandwidth.value.value
    let stages = Report.parts(of: estimate, step: step).flatMap(\.stages)
    let all = stages.flatMap { stage in stage.operators.map { DrawnOperator(stage.stage, $0, bandwidth) } }
    let drawn = all.filter { $0.work > 0 && $0.bytes > 0 && $0.expected > 0 }.sorted { $0.total > $1.total }
    let total = drawn.reduce(0) { $0 + $1.total }
    let longest = drawn.first?.total ?? 1
    let cache = device.lastLevelCache?.value.value
    var points: [Mark] = []
    var losses: [Mark] = []
    for (index, entry) in drawn.enumerated() {
      let place = ChartPoint(entry.work / entry.bytes, entry.work / entry.expected)
      let isCached = cache.map { entry.bytes <= $0 } ?? false
      points.append(
        Mark(
          .point(place, radius: max(2.5, 13 * (entry.total / longest).squareRoot())), series: entry.stage,
          style: isCached ? .ring : .solid, label: index < named ? entry.name : nil, figures: entry.figures(of: total)))
      if entry.roof > place.y {
        losses.append(Mark(.line([place, ChartPoint(place.x, entry.roof)]), series: entry.stage, style: .thin))
      }
    }
    let intensities = points.flatMap { $0.drawnPoints.map(\.x) }
    let peaks = Self.peaks(of: drawn, on: device, at: estimate.precision)
    let ridges = peaks.map { $0.rate / bandwidth }
    let low = (intensities + ridges).min() ?? 1, high = (intensities + ridges).max() ?? 100
    let roofs = Self.roofs(peaks, bandwidth: device.bandwidth.value, from: low / 1.5, to: high * 12)
    let skipped = all.filter { $0.work <= 0 }.map(\.name)
    let notes =
      skipped.isEmpty
      ? [] : ["Without arithmetic, and so without a place here: \(Set(skipped).sorted().joined(separator: ", "))."]
    let cached = cache.map { "operands fit into the last-level cache, \(Bytes($0))" }
    let summary = drawn.prefix(5).map { "\($0.stage) \($0.figures(of: total))." }.joined(separator: " ")
    return Chart(
      title: "\(estimate.model.title) on \(device.title), \(estimate.precision.name): its operators under the roofs",
      summary: "\(peaks.map(\.name).joined(separator: ", ")); memory \(device.bandwidth.value). \(summary)",
      x: Axis(
        "arithmetic intensity: operations that must be executed per byte", Axis.Unit("FLOP/B", multiples: false),
        .logarithmic),
      y: Axis(
        "operations per second at the expected time", throughput, .logarithmic,
        including: peaks.first.map { [$0.rate * 2] } ?? []),
      marks: roofs + losses + points,
      keys: [Key(.thin, "time lost against the roof")]
        + (points.contains { $0.style == .ring } ? cached.map { [Key(.ring, $0)] } ?? [] : []),
      notes: notes)
  }

  /// A peak in use.
  private struct DrawnPeak: Hashable {
    var rate: Double
    var name: String
  }

  /// The peaks in use, the highest first, by what the device calls them.
  private static func peaks(
    of operators: [DrawnOperator], on device: Accelerator, at precision: Precision
  ) -> [DrawnPeak] {
    let isVector = Dictionary(operators.map { ($0.peak, !$0.isProduct) }) { $0 && $1 }
    return isVector.sorted { $0.key > $1.key }.map { rate, isVector in
      func format(_ peaks: [NumberFormat: Figure<Throughput>]) -> NumberFormat? {
        let formats = NumberFormat.allCases.filter { peaks[$0].map { abs($0.value.value / rate - 1) < 1e-9 } ?? false }
        // Of several formats with one peak that of the products.
        return formats.first { $0 == device.matrixPeak(precision.format).format } ?? formats.first
      }
      let matrix = format(device.matrixPeaks).map { "\($0) matrix units" }
      let vector = format(device.vectorPeaks).map { "\($0) vector units" }
      let unit = (isVector ? vector ?? matrix : matrix ?? vector) ?? "peak"
      return DrawnPeak(rate: rate, name: "\(unit), \(Throughput(rate))")
    }
  }

  /// The lines of the roofs, and where they meet.
  private static func roofs(_ peaks: [DrawnPeak], bandwidth: Bandwidth, from low: Double, to high: Double) -> [Mark] {
    let rate = bandwidth.value
    let highest = peaks.first?.rate ?? rate * high
    var marks: [Mark] = []
    for peak in peaks {
      let ridge = peak.rate / rate
      marks.append(
        Mark(
          .line([ChartPoint(ridge, peak.rate), ChartPoint(high, peak.rate)]), style: .reference, label: peak.name,
          figures: "\(peak.name); ridge point \(Intensity(ridge))"))
      marks.append(
        Mark(
          .point(ChartPoint(ridge, peak.rate), radius: 3), label: "ridge \(Intensity(ridge))",
          figures: "ridge point of \(peak.name): \(Intensity(ridge))"))
    }
    marks.append(
      Mark(
        .line([ChartPoint(low, low * rate), ChartPoint(max(low, highest / rate), max(low * rate, highest))]),
        style: .reference, label: "memory, \(bandwidth)", figures: "memory: \(bandwidth)"))
    return marks
  }
}

/// What a roofline chart shows of an operator.
private struct DrawnOperator {
  let stage, name: String
  /// Work that must be executed and bytes, of one occurrence; seconds of one, and of all.
  let work, bytes, expected, total: Double
  /// The peak of the units that do the work, and the roof at its intensity.
  let peak, roof: Double
  /// Whether the work is that of products.
  let isProduct: Bool
  private let ideal: Double, count: Int

  init(_ stage: Stage, _ entry: OperatorEstimate, _ bandwidth: Double) {
    self.stage = stage.rawValue
    name = entry.operation.name.description
    let products = entry.cost.executedFLOPs.value
    isProduct = products > 0
    work = isProduct ? products : entry.operation.executedVectorFLOPs.value
    bytes = entry.cost.traffic.total.value
    (expected, ideal) = (entry.expected.value, entry.time.longest.value)
    count = entry.operation.repeatCount
    total = expected * entry.repeatCount
    peak = entry.ridgePoint.value * bandwidth
    roof = bytes > 0 ? min(peak, work / bytes * bandwidth) : peak
  }

  func figures(of sum: Double) -> String {
    let share = (100 * total / sum).fixed(1)
    let lost = Seconds(max(0, total - ideal * Double(count)))
    return
      "\(name)\(count > 1 ? " x \(count)" : ""): \(Seconds(total)) expected, \(share) % of the time; "
      + "\(Throughput(work / expected)) at \(Intensity(work / bytes)); loses \(lost) against its bound"
  }
}

extension Mark {
  /// Where a point lies; nothing for other marks.
  fileprivate var drawnPoints: [ChartPoint] { if case .point(let point, _) = shape { [point] } else { [] } }
}
