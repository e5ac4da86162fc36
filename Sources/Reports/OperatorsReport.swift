internal import Documents
internal import Architectures
internal import Engines
public import Estimation
internal import Hardware
internal import Operators
internal import Questions
internal import Quantities
internal import Reduction
internal import ReductionMethods

extension Report {
  /// The same request on one device or several, operator by operator, totals last.
  public static func operators(of estimates: [Estimate], step: Int? = nil) -> Report {
    estimates.count == 1 ? operators(of: estimates[0], step: step) : operatorsSideBySide(of: estimates, step: step)
  }

  /// One estimate, operator by operator, totals last.
  ///
  /// Work, bytes and `time` are those of one occurrence; `all` and `share` count every occurrence, as totals do.
  ///
  /// Where tokens are generated, one step of decoding stands behind the stages: `step`, counted from 1, or the last.
  /// It has a total of its own, for machines under `decode_total`.
  public static func operators(of estimate: Estimate, step: Int? = nil) -> Report {
    let parts = Self.parts(of: estimate, step: step)
    // A single stage needs no column.
    let first = parts.map(\.stages.count).reduce(0, +) > 1 ? 0 : 1
    let shown = estimate.decode.map {
      "\"decode\" is step \(step ?? $0.steps) of \($0.steps), with a total and shares of its own"
    }
    // Nor do other devices where there are none.
    let last = columns.count - (parts.contains { $0.sums.sent > .zero } ? 0 : 1)
    let cells = parts.flatMap { part in part.operators.map { Self.cells($0.0, $0.1, of: part.sums) } }
    let rows = (cells + parts.map(\.cells)).map { Array($0[first..<last]) }
    let total = parts.count > 1 ? "totals do" : "the total does"
    var report = Report(
      headings: headings(estimate), table: ReportTable(Array(columns[first..<last]), rows: rows, totals: parts.count),
      notes: ["\"all\" and \"share\" count every repeat, as \(total); other figures are of one occurrence"]
        + (shown.map { [$0] } ?? []) + hostNotes([estimate]) + estimate.notes + basis([estimate]),
      records: parts.flatMap { part in part.operators.map { record($0.0, $0.1) } })
    report.totals = parts.map { Total(key: $0.key, record: $0.record(of: estimate)) }
    return report
  }

  /// What is summed up: the stages until the first token, and apart from them a step of decoding.
  static func parts(of estimate: Estimate, step: Int?) -> [OperatorTotals] {
    guard let decode = estimate.decode else { return [OperatorTotals(estimate.stages, ["", "total"], key: "total")] }
    let number = step ?? decode.steps
    return [
      OperatorTotals(estimate.stages, ["total", "to first token"], key: "total"),
      OperatorTotals([decode.step(number)], ["total", "of step \(number)"], key: "decode_total"),
    ]
  }

  /// What no operator takes.
  static func hostNotes(_ estimates: [Estimate]) -> [String] {
    let hosts = estimates.filter { $0.waitingSeconds > .zero }.map { estimate in
      let place = estimates.count > 1 ? " on \(estimate.hardware.name)" : ""
      return "\(estimate.engine.name)\(place) \(estimate.waitingSeconds)"
    }
    guard !hosts.isEmpty else { return [] }
    return [
      "the device waits for the engine's host until the first token, in no operator: \(hosts.joined(separator: ", "))"
    ]
  }

  private static func headings(_ estimate: Estimate) -> [String] {
    let tokens = "\(estimate.visualTokens) visual and \(estimate.workload.textTokens) text tokens"
    let kernels = estimate.accounting.kernels.map { ", \($0.rawValue) kernels" } ?? ""
    let headings = [
      "\(estimate.model.title) on \(place(of: [estimate])), \(estimate.precision.name)",
      "\(tokens), batch \(estimate.workload.batch); ideal and expected times; \(estimate.accounting.name) accounting\(kernels)",
    ]
    guard let reduction = estimate.visualInput.reduction else { return headings }
    let place = reduction.isSynthetic ? "the sample" : "the features of"
    let synthetic = reduction.isSynthetic ? " (synthetic)" : ""
    let sample = reduction.sample.map { " on \(place) \($0)\(synthetic)" } ?? ""
    return headings + ["Visual tokens left by \(reduction.reducer.name)\(sample)"]
  }

  private static let columns: [ReportTable.Column] = [
    .text("stage"), .text("operator"), .number("repeat"), .number("work", priority: 1),
    .number("vector work", priority: 4), .number("weights", priority: 2), .number("act. read", priority: 3),
    .number("act. written", priority: 3), .number("KV read", priority: 5), .number("KV written", priority: 5),
    .number("FLOP/B", priority: 6), .number("ridge", priority: 7), .number("time"), .number("expected"), .number("all"),
    .number("share"),
    .text("bound by"), .number("sent"),
  ]

  private static func cells(_ stage: Stage, _ entry: OperatorEstimate, of totals: StageTotals) -> [String] {
    let cost = entry.cost
    return [stage.rawValue, entry.operation.name.description, "\(entry.operation.repeatCount)"]
      + cells(cost.flops, cost.vectorFLOPs, cost.traffic)
      + [
        cost.intensity.text, entry.ridgePoint.value.fixed(0), entry.time.longest.description,
        entry.expected.description,
        entry.idealOfAll.description,
        totals.idealShare(of: entry).percent, entry.time.bound.rawValue,
        cost.sent == .zero ? "" : cost.sent.description,
      ]
  }

  fileprivate static func cells(_ flops: FLOPs, _ vectorFLOPs: FLOPs, _ traffic: Traffic) -> [String] {
    func orBlank(_ quantity: some Quantity) -> String { quantity.value == 0 ? "" : quantity.description }
    return [orBlank(flops), orBlank(vectorFLOPs)]
      + [
        traffic.weights, traffic.activationsRead, traffic.activationsWritten, traffic.cacheRead, traffic.cacheWritten,
      ].map(orBlank)
  }

  static func record(_ stage: Stage, _ entry: OperatorEstimate) -> OutputRecord {
    let cost = entry.cost
    return record(
      stage: stage.rawValue, name: entry.operation.name.description, repeatCount: entry.operation.repeatCount,
      cost.flops,
      cost.executedFLOPs, cost.vectorFLOPs, cost.traffic, entry.time.longest, entry.expected, entry.time.bound,
      cost.intensity,
      entry.ridgePoint, cost.sent)
  }

  fileprivate static func record(
    stage: String, name: String, repeatCount: Int, _ flops: FLOPs, _ executed: FLOPs, _ vectorFLOPs: FLOPs,
    _ traffic: Traffic, _ seconds: Seconds, _ expected: Seconds, _ bound: Price.Bound?, _ intensity: Intensity,
    _ ridgePoint: Intensity?,
    _ sent: Bytes
  ) -> OutputRecord {
    OutputRecord([
      "stage": .text(stage),
      "name": .text(name),
      "repeat": .number(repeatCount),
      "flops": .number(flops.value),
      "executed_flops": .number(executed.value),
      "vector_flops": .number(vectorFLOPs.value),
      "weight_bytes": .number(traffic.weights.value),
      "activation_read_bytes": .number(traffic.activationsRead.value),
      "activation_written_bytes": .number(traffic.activationsWritten.value),
      "kv_read_bytes": .number(traffic.cacheRead.value),
      "kv_written_bytes": .number(traffic.cacheWritten.value),
      "seconds": .number(seconds.value),
      "bound": .text(bound?.rawValue),
      "intensity": .number(intensity.value),
      "ridge_point": .number(ridgePoint?.value),
      "expected_seconds": .number(expected.value),
      "sent_bytes": .number(sent.value),
    ])
  }
}

/// The sums over every occurrence of every operator of some stages.
struct OperatorTotals {
  let stages: [StageEstimate]
  /// What stands in the columns of the stage and of the operator.
  let label: [String]
  /// What machines call them.
  let key: String
  let sums: StageTotals

  init(_ stages: [StageEstimate], _ label: [String], key: String) {
    (self.stages, self.label, self.key) = (stages, label, key)
    sums = StageTotals(stages)
  }

  var operators: [(Stage, OperatorEstimate)] {
    stages.flatMap { stage in stage.operators.map { (stage.stage, $0) } }
  }

  var cells: [String] {
    label + [""] + Report.cells(sums.flops, sums.vectorFLOPs, sums.traffic)
      + [
        sums.intensity.text, "", "", sums.expected.description, sums.seconds.description, "100 %", "",
        sums.sent.description,
      ]
  }

  /// The totals, with the estimate's notes: machines find them nowhere else.
  func record(of estimate: Estimate) -> OutputRecord {
    var record = Report.record(
      stage: key, name: key, repeatCount: 1, sums.flops, sums.executed, sums.vectorFLOPs, sums.traffic, sums.seconds,
      sums.expected, nil, sums.intensity, nil, sums.sent)
    var figures = RowFigures(Study.Row(estimate: estimate, baseline: nil))
    record.fields.append(OutputRecord.Field(key: "note", value: .text(figures.noteForMachines)))
    record.fields.append(OutputRecord.Field(key: "expected_basis", value: .text(estimate.expectedBasis.rawValue)))
    return record
  }
}

extension Intensity {
  /// With one decimal; blank where nothing is moved.
  fileprivate var text: String { value.isFinite ? value.fixed(1) : "" }
}
