internal import Architectures
public import Estimation
internal import Hardware
internal import Operators
internal import Quantities
internal import Reduction

extension Report {
  /// One estimate, operator by operator, totals last.
  ///
  /// Figures are those of one occurrence; totals count every occurrence.
  public static func operators(of estimate: Estimate) -> Report {
    let rows = estimate.stages.flatMap { stage in stage.operators.map { (stage.stage, $0) } }
    let total = OperatorTotals(estimate)
    let reduction = estimate.visualInput.reduction
    let tokens = "\(estimate.visualTokens) visual and \(estimate.workload.textTokens) text tokens"
    let kernels = estimate.accounting.kernels.map { ", \($0.rawValue) kernels" } ?? ""
    var headings = [
      "\(estimate.model.title) on \(estimate.hardware.title), \(estimate.precision.name)",
      "\(tokens), batch \(estimate.workload.batch); \(estimate.accounting.name) accounting\(kernels)",
    ]
    if let reduction {
      let synthetic = reduction.isSynthetic ? " (synthetic)" : ""
      headings.append("Visual tokens left by \(reduction.reducer.name) on the sample \(reduction.sample)\(synthetic)")
    }
    return Report(
      headings: headings,
      table: Table(columns, rows: rows.map { cells($0.0, $0.1) } + [total.cells], hasTotal: true),
      notes: ["one occurrence a row; the total counts every repeat"] + estimate.notes,
      records: rows.map { record($0.0, $0.1) }, total: total.record(notes: estimate.notes))
  }

  private static let columns: [Table.Column] = [
    .text("stage", priority: 2), .text("operator"), .number("repeat"), .number("work"),
    .number("vector work", priority: 3), .number("weights", priority: 1), .number("act. read", priority: 1),
    .number("act. written", priority: 1), .number("KV read", priority: 4), .number("KV written", priority: 4),
    .number("FLOP/B", priority: 2), .number("ridge", priority: 5), .number("time"), .number("expected"),
    .text("bound by"),
  ]

  private static func cells(_ stage: Stage, _ entry: OperatorEstimate) -> [String] {
    let cost = entry.cost
    return [stage.rawValue, entry.operation.name, "\(entry.operation.repeatCount)"]
      + cells(cost.flops, cost.vectorFLOPs, cost.traffic)
      + [
        cost.intensity.text, entry.ridgePoint.value.fixed(0), entry.time.ideal.description,
        entry.expected.description, entry.time.bound.rawValue,
      ]
  }

  fileprivate static func cells(_ flops: FLOPs, _ vectorFLOPs: FLOPs, _ traffic: Traffic) -> [String] {
    func orBlank(_ quantity: some Quantity) -> String { quantity.value == 0 ? "" : quantity.description }
    return [orBlank(flops), orBlank(vectorFLOPs)]
      + [
        traffic.weights, traffic.activationsRead, traffic.activationsWritten, traffic.cacheRead, traffic.cacheWritten,
      ].map(orBlank)
  }

  private static func record(_ stage: Stage, _ entry: OperatorEstimate) -> Record {
    let cost = entry.cost
    return record(
      stage: stage.rawValue, name: entry.operation.name, repeatCount: entry.operation.repeatCount, cost.flops,
      cost.vectorFLOPs, cost.traffic, entry.time.ideal, entry.expected, entry.time.bound, cost.intensity,
      entry.ridgePoint)
  }

  fileprivate static func record(
    stage: String, name: String, repeatCount: Int, _ flops: FLOPs, _ vectorFLOPs: FLOPs, _ traffic: Traffic,
    _ seconds: Seconds, _ expected: Seconds, _ bound: Bound?, _ intensity: Intensity, _ ridgePoint: Intensity?
  ) -> Record {
    Record([
      "stage": .text(stage),
      "name": .text(name),
      "repeat": .number(repeatCount),
      "flops": .number(flops.value),
      "vector_flops": .number(vectorFLOPs.value),
      "weight_bytes": .number(traffic.weights.value),
      "activation_read_bytes": .number(traffic.activationsRead.value),
      "activation_written_bytes": .number(traffic.activationsWritten.value),
      "kv_read_bytes": .number(traffic.cacheRead.value),
      "kv_written_bytes": .number(traffic.cacheWritten.value),
      "seconds": .number(seconds.value),
      "expected_seconds": .number(expected.value),
      "bound": .text(bound?.rawValue),
      "intensity": .number(intensity.value),
      "ridge_point": .number(ridgePoint?.value),
    ])
  }
}

/// The sums over every occurrence of every operator of all stages.
private struct OperatorTotals {
  let flops, vectorFLOPs: FLOPs
  let traffic: Traffic
  let seconds, expected: Seconds

  init(_ estimate: Estimate) {
    flops = estimate.stages.map(\.flops).sum()
    vectorFLOPs = estimate.stages.map(\.vectorFLOPs).sum()
    traffic = estimate.stages.reduce(.zero) { $0 + $1.traffic }
    seconds = estimate.totalSeconds
    expected = estimate.expectedTotalSeconds
  }

  var intensity: Intensity { (flops + vectorFLOPs) / traffic.total }

  var cells: [String] {
    ["", "total", ""] + Report.cells(flops, vectorFLOPs, traffic)
      + [intensity.text, "", seconds.description, expected.description, ""]
  }

  /// The totals, with the estimate's notes: machines find them nowhere else.
  func record(notes: [String]) -> Record {
    var record = Report.record(
      stage: "total", name: "total", repeatCount: 1, flops, vectorFLOPs, traffic, seconds, expected, nil, intensity, nil
    )
    record.fields.append(
      Record.Field(key: "note", value: .text(notes.isEmpty ? nil : notes.joined(separator: "; "))))
    return record
  }
}

extension Intensity {
  /// With one decimal; blank where nothing is moved.
  fileprivate var text: String { value.isFinite ? value.fixed(1) : "" }
}
