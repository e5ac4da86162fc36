internal import Architectures
public import Estimation
internal import Hardware
internal import Operators
internal import Quantities
internal import Reduction

extension Report {
  /// The rows of a study: one for each precision and visual input.
  public init(_ study: Study) {
    let identity = StudyColumn.identity.filter { $0.applies(study) }.map { ($0.column, $0.text) }
    let prefill = Table(StudyColumn.all.filter { $0.applies(study) }, rows: study.rows)
    self.init(
      headings: Self.headings(study), tables: [prefill] + (study.requestTable(identity).map { [$0] } ?? []),
      notes: Self.notes(study) + Self.basis(study) + study.requestNotes,
      records: study.rows.map { Record($0) })
  }

  private static func headings(_ study: Study) -> [String] {
    guard let first = study.rows.first?.estimate else { return [] }
    let kernels = first.accounting.kernels.map { ", \($0.rawValue) kernels" } ?? ""
    let text = first.workload.textTokens
    let work = first.model.language == nil ? "one forward pass" : "prefill with \(text) text tokens"
    let spread = first.serving.parallelism.summary.map { "\($0) " } ?? ""
    let place = study.devices.count == 1 ? first.hardware.title : "\(study.devices.count) devices"
    var headings = [
      "\(first.model.title) on \(spread)\(place)",
      "\(work), batch \(first.workload.batch); ideal and expected times; \(first.accounting.name) accounting\(kernels)",
    ]
    for reduction in study.rows.compactMap(\.estimate.visualInput.reduction) {
      guard let sample = reduction.sample else { continue }
      let heading =
        reduction.isSynthetic
        ? "Reducers ran on the built-in sample \"\(sample)\": synthetic features, not a photograph's"
        : "Reducers ran on the features of \(sample)"
      if !headings.contains(heading) { headings.append(heading) }
    }
    return headings
  }

  /// What the expected times rest on, of the devices that nobody measured.
  private static func basis(_ study: Study) -> [String] {
    basis(study.rows.map(\.estimate.hardware))
  }

  /// That the expected times of some devices come from their class, if there are such.
  static func basis(_ devices: [Accelerator]) -> [String] {
    var names: [String] = []
    for device in devices where device.achieved.isEstimated && !names.contains(device.name) {
      names.append(device.name)
    }
    guard !names.isEmpty else { return [] }
    return [
      "expected times are estimated: what kernels achieve is typical of such devices, not measured on "
        + names.joined(separator: ", ")
    ]
  }

  /// The notes of all rows, each once, with the precisions or rows that it is about where it is not about all.
  private static func notes(_ study: Study) -> [String] {
    let estimates = study.rows.map(\.estimate)
    var texts: [String] = []
    for text in estimates.flatMap(\.notes) where !texts.contains(text) { texts.append(text) }
    return texts.map { text in
      let subject = subject(of: text, among: estimates)
      return subject.isEmpty ? text : "\(subject): \(text)"
    }
  }

  /// Which rows a note is about: nothing if all, precisions or visual inputs if all of theirs, else the rows.
  private static func subject(of note: String, among estimates: [Estimate]) -> String {
    let concerned = estimates.filter { $0.notes.contains(note) }
    if concerned.count == estimates.count { return "" }
    let names: [(Estimate) -> String] = [
      { $0.precision.name }, { $0.inputName }, { "\($0.precision.name) with \($0.inputName)" },
      { $0.hardware.name }, { "\($0.precision.name) on \($0.hardware.name)" },
      { "\($0.precision.name) with \($0.inputName) on \($0.hardware.name)" },
    ]
    // The shortest way to say exactly these rows.
    let subjects = names.compactMap { name -> String? in
      let about = Set(concerned.map(name))
      guard estimates.count(where: { about.contains(name($0)) }) == concerned.count else { return nil }
      return about.sorted().joined(separator: ", ")
    }
    return subjects.min { $0.count < $1.count } ?? ""
  }
}

/// A column of a study's table for people.
private struct StudyColumn: Sendable {
  var column: Table.Column
  /// Whether the column has anything to say of these rows.
  var applies: @Sendable (Study) -> Bool = { _ in true }
  var text: @Sendable (Study.Row) -> String

  /// What tells one row from another.
  static let identity: [StudyColumn] = [
    StudyColumn(column: .text("device"), applies: { $0.devices.count > 1 }) { $0.estimate.hardware.name },
    StudyColumn(column: .text("precision")) { $0.estimate.precision.name },
    StudyColumn(column: .text("reducer"), applies: hasLanguage) { $0.estimate.reducerName ?? "none" },
    StudyColumn(column: .number("visual tokens", priority: 4), applies: hasLanguage) { $0.visualTokens },
  ]

  // The lower the number of its priority, the longer a column stays when a terminal is narrow.
  static let all: [StudyColumn] =
    identity + [
      StudyColumn(column: .number("tokens", priority: 6)) { "\($0.estimate.tokens)" },
      stage(.vision, priority: 7), stage(.connector, priority: 9), stage(.reduction, priority: 8),
      StudyColumn(column: .number("prefill"), applies: hasLanguage) { $0.estimate.prefillSeconds.description },
      StudyColumn(column: .number("expected", priority: 2)) {
        $0.estimate.expectedPrefillSeconds.description
      },
      StudyColumn(column: .number("speed-up", priority: 2), applies: hasSpeedup) { factor($0.speedup) },
      StudyColumn(column: .number("total", priority: 2), applies: hasStages) { $0.estimate.totalSeconds.description },
      StudyColumn(column: .number("total speed-up", priority: 5), applies: { hasStages($0) && hasSpeedup($0) }) {
        factor($0.totalSpeedup)
      },
      StudyColumn(column: .text("bound by", priority: 3)) { $0.estimate.mainStage?.bound.rawValue ?? "" },
      StudyColumn(column: .number("work", priority: 6)) { ($0.estimate.mainStage?.flops ?? .zero).description },
      StudyColumn(column: .number("traffic", priority: 5)) { row in
        row.estimate.mainStage.flatMap { $0.traffic.total == .zero ? nil : $0.traffic.total.description } ?? ""
      },
      StudyColumn(column: .number("intensity", priority: 10)) { intensity($0.estimate.mainStage?.intensity) },
      StudyColumn(column: .number("ridge point", priority: 10)) { intensity($0.estimate.ridgePoint) },
      StudyColumn(column: .number("footprint", priority: 1)) { $0.estimate.footprint.total.description },
      StudyColumn(column: .text("fits", priority: 1)) { $0.estimate.fitText },
    ]

  private static func stage(_ stage: Stage, priority: Int) -> StudyColumn {
    StudyColumn(
      column: .number(stage.rawValue, priority: priority),
      applies: { study in study.rows.contains { row in row.estimate.stages.contains { $0.stage == stage } } },
      text: { row in row.estimate.stages.first { $0.stage == stage }?.seconds.description ?? "" })
  }

  @Sendable private static func hasLanguage(_ study: Study) -> Bool {
    study.rows.contains { $0.estimate.model.language != nil }
  }
  @Sendable private static func hasStages(_ study: Study) -> Bool {
    study.rows.contains { $0.estimate.stages.count > 1 }
  }
  @Sendable private static func hasSpeedup(_ study: Study) -> Bool { study.rows.contains { $0.speedup != nil } }

  private static func factor(_ factor: Double?) -> String { factor.map { "\($0.fixed(2))x" } ?? "" }

  private static func intensity(_ intensity: Intensity?) -> String {
    intensity.flatMap { $0.value.isFinite ? "\($0.value.fixed(0)) FLOP/B" : nil } ?? ""
  }
}

extension Study {
  /// The names of the devices, each once.
  fileprivate var devices: [String] {
    rows.reduce(into: []) { names, row in
      if !names.contains(row.estimate.hardware.name) { names.append(row.estimate.hardware.name) }
    }
  }
}

extension Table {
  fileprivate init(_ columns: [StudyColumn], rows: [Study.Row]) {
    self.init(columns.map(\.column), rows: rows.map { row in columns.map { $0.text(row) } })
  }
}

extension Study.Row {
  /// Visual tokens, first those of the first layer.
  fileprivate var visualTokens: String {
    let runs = estimate.workload.visualTokens.runs(layers: estimate.model.language?.layers ?? 0)
    return runs.isEmpty ? "\(estimate.visualTokens)" : runs.map { "\($0.tokens)" }.joined(separator: " > ")
  }
}

extension Estimate {
  /// All notes in one text, or nil without any.
  var noteForMachines: String? {
    let all = notes + (syntheticNote.map { [$0] } ?? [])
    return all.isEmpty ? nil : all.joined(separator: "; ")
  }

  /// What the visual tokens come from: the reducer's name, or their number.
  fileprivate var inputName: String { reducerName ?? "\(visualTokens) tokens" }

  /// The name of the reducer that ran, or nil without one.
  fileprivate var reducerName: String? { visualInput.reduction?.reducer.name }

  /// Tokens of one sequence in the first layer of the main stage.
  fileprivate var tokens: Int { model.language == nil ? model.vision?.encoder.tokens ?? 0 : promptTokens }
}

extension Record {
  /// A row of a study, with the keys of schema `roofline/1`.
  fileprivate init(_ row: Study.Row) {
    let estimate = row.estimate
    let main = estimate.mainStage
    let traffic = main?.traffic ?? .zero
    let reduction = estimate.visualInput.reduction
    self.init([
      "model": .text(estimate.model.name),
      "hardware": .text(estimate.hardware.name),
      "precision": .text(estimate.precision.name),
      "accounting": .text(estimate.accounting.name),
      "kernels": .text(estimate.accounting.kernels?.rawValue),
      "reducer": .text(estimate.reducerName ?? "none"),
      "sample": .text(reduction?.sample),
      "visual_tokens": .number(estimate.visualTokens),
      "text_tokens": .number(estimate.workload.textTokens),
      "tokens": .number(estimate.tokens),
      "batch": .number(estimate.workload.batch),
      "parameters": .number(estimate.model.parameterCount),
      "flops": .number(main?.flops.value),
      "vector_flops": .number(main?.vectorFLOPs.value),
      "traffic_bytes": .number(traffic == .zero ? nil : traffic.total.value),
      "weight_bytes": .number(estimate.footprint.weights.value),
      "activation_read_bytes": .number(traffic.activationsRead.value),
      "activation_written_bytes": .number(traffic.activationsWritten.value),
      "kv_cache_bytes": .number(estimate.footprint.cache.value),
      "footprint_bytes": .number(estimate.footprint.total.value),
      "capacity_bytes": .number(estimate.hardware.capacity?.value.value),
      "fits": .boolean(estimate.fits),
      "prefill_seconds": .number(estimate.prefillSeconds.value),
      "expected_prefill_seconds": .number(estimate.expectedPrefillSeconds.value),
      "bound": .text(main?.bound.rawValue),
      "speedup": .number(row.speedup),
      "note": .text(estimate.noteForMachines),
      "intensity": .number(main?.intensity.value),
      "ridge_point": .number(estimate.ridgePoint.value),
      "expected_low_seconds": .number(estimate.expectedPrefillRange.lowerBound.value),
      "expected_high_seconds": .number(estimate.expectedPrefillRange.upperBound.value),
      "expected_basis": .text(estimate.hardware.achieved.isEstimated ? "estimated" : "measured"),
      "mean_visual_tokens": .number(estimate.workload.visualTokens.mean(layers: estimate.model.language?.layers ?? 0)),
    ])
    fields += Record.request(estimate)
    guard estimate.model.vision != nil else { return }
    let stages = estimate.stages.map { stage in
      Record([
        "stage": .text(stage.stage.rawValue), "flops": .number(stage.flops.value),
        "traffic_bytes": .number(stage.traffic.total.value), "seconds": .number(stage.seconds.value),
        "expected_seconds": .number(stage.expectedSeconds.value),
      ])
    }
    fields.append(Field(key: "stages", value: .records(stages)))
    fields.append(Field(key: "total_seconds", value: .number(estimate.totalSeconds.value)))
    fields.append(Field(key: "expected_total_seconds", value: .number(estimate.expectedTotalSeconds.value)))
    fields.append(Field(key: "total_speedup", value: .number(row.totalSpeedup)))
  }
}

extension Estimate {
  /// The ridge point of the precision's own products on the device.
  fileprivate var ridgePoint: Intensity {
    let products = mainStage?.operators.first { $0.cost.flops > .zero }
    return products?.ridgePoint ?? hardware.ridgePoint(precision.format)
  }
}
