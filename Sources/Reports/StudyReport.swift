internal import Architectures
public import Estimation
internal import Hardware
internal import Operators
internal import Quantities
internal import Reduction

extension Report {
  /// The rows of a study: one for each precision and visual input.
  public init(_ study: Study) {
    let rows = study.rows.map(StudyFigures.init)
    let identity = StudyColumn.identity.filter { $0.applies(study) }.map { ($0.column, $0.text) }
    let prefill = Table(StudyColumn.all.filter { $0.applies(study) }, rows: rows)
    self.init(
      headings: Self.headings(study), tables: [prefill] + (study.requestTable(identity, rows).map { [$0] } ?? []),
      notes: Self.notes(rows) + Self.basis(study.rows.map(\.estimate)) + study.requestNotes,
      records: rows.map { Record($0) })
  }

  /// The rows of the study of one picture.
  ///
  /// - Parameters:
  ///   - image: its file.
  ///   - encoder: what looked at it, if anything did.
  ///   - notes: what the user should know of both.
  public init(_ study: Study, of image: String, encoder: String?, notes: [String]) {
    self.init(study)
    headings.append(encoder.map { "Picture \(image), encoded by \($0)" } ?? "Picture \(image); only its size matters")
    headings.removeAll { $0 == Self.heading(featuresOf: image) }
    self.notes = notes + self.notes
    records = Record.rows(of: study, image: image, notes: notes)
  }

  private static func headings(_ study: Study) -> [String] {
    guard let first = study.rows.first?.estimate else { return [] }
    let kernels = first.accounting.kernels.map { ", \($0.rawValue) kernels" } ?? ""
    let text = first.workload.textTokens
    let work = first.model.language == nil ? "one forward pass" : "prefill with \(text) text tokens"
    var headings = [
      "\(first.model.title) on \(place(of: study.rows.map(\.estimate)))",
      "\(work), batch \(first.workload.batch); ideal and expected times; \(first.accounting.name) accounting\(kernels)",
    ]
    for reduction in study.rows.compactMap(\.estimate.visualInput.reduction) {
      guard let sample = reduction.sample else { continue }
      let heading =
        reduction.isSynthetic
        ? "Reducers ran on the built-in sample \"\(sample)\": synthetic features, not a photograph's"
        : heading(featuresOf: sample)
      if !headings.contains(heading) { headings.append(heading) }
    }
    return headings
  }

  /// Where estimates run: a device, several to compare, or so many of it that share the model.
  static func place(of estimates: [Estimate]) -> String {
    let names = Set(estimates.map(\.hardware.name))
    let spread = estimates.first?.serving.parallelism.summary
    guard names.count == 1, let title = estimates.first?.hardware.title else {
      return "\(names.count) devices\(spread.map { ", \($0) of each" } ?? "")"
    }
    return "\(spread.map { "\($0) " } ?? "")\(title)"
  }

  private static func heading(featuresOf sample: String) -> String { "Reducers ran on the features of \(sample)" }

  /// What expected times rest on where nobody measured it, and how far they are to be trusted.
  static func basis(_ estimates: [Estimate]) -> [String] {
    let estimated = estimates.filter { $0.expectedBasis == .estimated }
    var notes: [String] = []
    if !estimated.isEmpty {
      var names: [String] = []
      var seen: Set<String> = []
      for estimate in estimated {
        let device = estimate.hardware
        let name = device.achieved.isEstimated ? device.name : "\(device.name) in \(estimate.precision.name)"
        if seen.insert(name).inserted { names.append(name) }
      }
      notes.append(
        "expected times are estimated: what kernels achieve is typical of such devices, not measured on "
          + names.joined(separator: ", "))
    }
    let ranges = estimates.map { estimate -> [String] in
      guard let share = estimate.expectedShare else { return [] }
      let range = "\(share.lowerBound.fixed(2)) to \(share.upperBound.fixed(2))"
      return ["prefills take \(range) times the expected time in four of five cases (reports/validation.md, Ranges)"]
    }
    return notes + RowSubjects(estimates).notes(ranges)
  }

  /// The notes of all rows, each once, with the precisions or rows that it is about where it is not about all.
  private static func notes(_ rows: [StudyFigures]) -> [String] {
    RowSubjects(rows.map(\.estimate)).notes(rows.map(\.notes))
  }
}

/// A column of a study's table for people.
private struct StudyColumn: Sendable {
  var column: Table.Column
  /// Whether the column has anything to say of these rows.
  var applies: @Sendable (Study) -> Bool = { _ in true }
  var text: @Sendable (StudyFigures) -> String

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
      StudyColumn(column: .number("speed-up", priority: 2), applies: hasSpeedup) { factor($0.row.speedup) },
      StudyColumn(column: .number("total", priority: 2), applies: hasStages) { $0.estimate.totalSeconds.description },
      StudyColumn(column: .number("total speed-up", priority: 5), applies: { hasStages($0) && hasSpeedup($0) }) {
        factor($0.row.totalSpeedup)
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
  fileprivate init(_ columns: [StudyColumn], rows: [StudyFigures]) {
    self.init(columns.map(\.column), rows: rows.map { row in columns.map { $0.text(row) } })
  }
}

extension StudyFigures {
  /// Visual tokens, first those of the first layer.
  fileprivate var visualTokens: String {
    let runs = estimate.workload.visualTokens.runs(layers: estimate.model.language?.layers ?? 0)
    return runs.isEmpty ? "\(estimate.visualTokens)" : runs.map { "\($0.tokens)" }.joined(separator: " > ")
  }
}

extension Estimate {
  /// What the visual tokens come from: the reducer's name, or their number.
  var inputName: String { reducerName ?? "\(visualTokens) tokens" }

  /// The name of the reducer that ran, or nil without one.
  var reducerName: String? { visualInput.reduction?.reducer.name }

  /// Tokens of one sequence in the first layer of the main stage.
  var tokens: Int { model.language == nil ? model.vision?.encoder.tokens ?? 0 : promptTokens }
}
