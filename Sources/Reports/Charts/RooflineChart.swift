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
    let parts = Report.parts(of: estimate, step: step)
    let all = parts.flatMap(\.operators).map { DrawnOperator($0.0, $0.1, of: estimate) }
    let drawn = all.filter { $0.roof.work > 0 && $0.roof.bytes > 0 && $0.entry.expected > .zero }
      .sorted { $0.entry.expectedOfAll > $1.entry.expectedOfAll }
    let cache = device.lastLevelCache?.value
    let points = signs(drawn, cache: cache)
    let peaks = Self.peaks(of: drawn)
    let intensities = drawn.map(\.roof.intensity.value) + peaks.map { device.ridgePoint(of: $0.rate).value }
    let low = intensities.min() ?? 1, high = intensities.max() ?? 100
    let cached = cache.map { "operands fit into the last-level cache, \($0)" }
    let summary = drawn.prefix(5).map { "\($0.stage) \($0.figures(of: drawn))." }.joined(separator: " ")
    return Chart(
      title: "\(estimate.model.title) on \(device.title), \(estimate.precision.name): its operators under the roofs",
      summary: "\(peaks.map(\.name).joined(separator: ", ")); memory \(device.bandwidth.value). \(summary)",
      x: Axis(
        "arithmetic intensity: operations that must be executed per byte", Axis.Unit("FLOP/B", multiples: false),
        .logarithmic),
      y: Axis(
        "operations per second at the expected time", throughput, .logarithmic,
        including: peaks.first.map { [$0.rate.value * 2] } ?? []),
      marks: roofs(peaks, of: device, from: low / 1.5, to: high * 12) + losses(drawn) + points,
      keys: [Key(.thin, "time lost against the roof")]
        + (points.contains { $0.style == .ring } ? cached.map { [Key(.ring, $0)] } ?? [] : []),
      notes: placeless(all))
  }

  /// A sign for each operator, the first of which are named.
  private static func signs(_ drawn: [DrawnOperator], cache: Bytes?) -> [Mark] {
    let longest = drawn.first?.entry.expectedOfAll ?? Seconds(1)
    return drawn.enumerated().map { index, shown in
      let isCached = cache.map { shown.roof.bytes <= $0.value } ?? false
      let size = (shown.entry.expectedOfAll / longest).squareRoot()
      return Mark(
        .point(shown.place, radius: max(2.5, 13 * size)), series: shown.stage, style: isCached ? .ring : .solid,
        label: index < named ? shown.name : nil, figures: shown.figures(of: drawn))
    }
  }

  /// A line from each operator to the roof that it could reach.
  private static func losses(_ drawn: [DrawnOperator]) -> [Mark] {
    drawn.filter { $0.roof.roof > $0.roof.rate }.map { shown in
      Mark(
        .line([shown.place, ChartPoint(shown.place.x, shown.roof.roof.value)]), series: shown.stage, style: .thin)
    }
  }

  /// What has no place in the picture, in words.
  private static func placeless(_ all: [DrawnOperator]) -> [String] {
    let skipped = Set(all.filter { $0.roof.work <= 0 }.map(\.name)).sorted()
    return skipped.isEmpty
      ? [] : ["Without arithmetic, and so without a place here: \(skipped.joined(separator: ", "))."]
  }

  /// A peak in use.
  private struct DrawnPeak: Hashable {
    var rate: Throughput
    var name: String
  }

  /// The peaks in use, the highest first, by the units that have them.
  private static func peaks(of operators: [DrawnOperator]) -> [DrawnPeak] {
    Dictionary(grouping: operators, by: \.roof.peak.value).sorted { $0.key > $1.key }.map { rate, operators in
      let units = Set(operators.map(\.units)).sorted().joined(separator: " and ")
      return DrawnPeak(rate: Throughput(rate), name: "\(units), \(Throughput(rate))")
    }
  }

  /// The lines of the roofs, and where they meet.
  private static func roofs(_ peaks: [DrawnPeak], of device: Accelerator, from low: Double, to high: Double) -> [Mark] {
    let bandwidth = device.bandwidth.value
    let rate = bandwidth.value
    let highest = peaks.first?.rate.value ?? rate * high
    var marks: [Mark] = []
    for peak in peaks {
      let ridge = device.ridgePoint(of: peak.rate)
      let place = ChartPoint(ridge.value, peak.rate.value)
      marks.append(
        Mark(
          .line([place, ChartPoint(high, peak.rate.value)]), style: .reference, label: peak.name,
          figures: "\(peak.name); ridge point \(ridge)"))
      marks.append(
        Mark(.point(place, radius: 3), label: "ridge \(ridge)", figures: "ridge point of \(peak.name): \(ridge)"))
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
  let entry: OperatorEstimate
  let roof: OperatorRoof
  /// What the units are called that do its work.
  let units: String

  init(_ stage: Stage, _ entry: OperatorEstimate, of estimate: Estimate) {
    (self.stage, name) = (stage.rawValue, entry.operation.name.description)
    (self.entry, roof) = (entry, OperatorRoof(entry, on: estimate.hardware))
    units = Self.units(of: entry.operation, in: stage, of: estimate)
  }

  /// The units that do an operator's work, and how they sum up where that is faster.
  private static func units(of operation: Operator, in stage: Stage, of estimate: Estimate) -> String {
    let device = estimate.hardware
    let units = operation.arithmetic.units(at: stage.precision(estimate.precision))
    let peak = device.peak(of: operation.flops > .zero ? units.matrix : units.vector)
    guard peak.isMatrix else { return "\(peak.format) vector units" }
    let half = device.peakOfHalfSums(in: peak.format) ?? 0
    return "\(peak.format) matrix units" + (half > peak.throughput.value ? " with sums in FP16" : "")
  }

  var place: ChartPoint { ChartPoint(roof.intensity.value, roof.rate.value) }

  /// What it takes and reaches; its share is that of the expected time of all that are drawn.
  func figures(of drawn: [DrawnOperator]) -> String {
    let count = entry.operation.repeatCount
    let share = entry.share(of: drawn.map(\.entry)).percent
    return
      "\(name)\(count > 1 ? " x \(count)" : ""): \(entry.expectedOfAll) expected, \(share) of the time; "
      + "\(roof.rate) at \(roof.intensity); loses \(entry.lostOfAll) against its bound"
  }
}
