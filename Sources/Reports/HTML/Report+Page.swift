internal import Architectures
internal import Charts
internal import Documents
internal import Engines
public import Estimation
internal import Hardware
internal import Operators
package import Photographs
public import Planning
internal import Quantities
public import Questions

extension Report {
  /// More devices and models are not shown with all their figures.
  private static let subjectLimit = 12

  /// Completes the answer to a question to a page: sliders, operators, assumptions with their sources, the question.
  public mutating func addPage(_ rows: [RowFigures], of question: Question) {
    explorer = Explorer(rows)
    sections += Self.breakdowns(rows)
    addAssumptions(rows.map(\.estimate), question)
  }

  /// Completes fleets under load to a page.
  public mutating func addPage(loads rows: [RowFigures], of question: Question) {
    addAssumptions(rows.map(\.estimate), question)
  }

  /// Completes operators to a page.
  public mutating func addPage(operatorsOf estimates: [Estimate], _ question: Question) {
    if let table = tables.first, estimates.count == 1 {
      tables = [Self.precise(table, records: records, totals: totals)]
    }
    addAssumptions(estimates, question)
  }

  /// Completes what many pictures leave and cost to a page.
  package mutating func addPage(_ summary: SurveySummary, of question: Question) {
    addAssumptions(summary.rows.map(\.first), question)
  }

  /// Completes what to rent to a page.
  public mutating func addPage(_ plan: Plan) {
    let shown = plan.cheapest + plan.unpriced + plan.front + plan.failing
    addAssumptions(shown.map(\.candidate.estimate), plan.question)
    var rules = Section("What is ruled out, and why that is never what holds", of: "What it rests on")
    rules.notes = plan.ruledOut.map { "\($0.rule.title): \($0.rule.proof)" }
    if !rules.notes.isEmpty { sections.insert(rules, at: max(0, sections.count - 1)) }
  }

  /// The operators of the best row and of what it is compared with.
  private static func breakdowns(_ rows: [RowFigures]) -> [Section] {
    let fitting = rows.filter { $0.estimate.fits != false }
    let best =
      rows.first?.rank == nil
      ? (fitting.isEmpty ? rows : fitting).min { $0.estimate.expectedTotalSeconds < $1.estimate.expectedTotalSeconds }
      : rows.first
    guard let best else { return [] }
    var shown = [(best.estimate, "the best row")]
    if let baseline = best.row.baseline { shown.append((baseline, "what it is compared with")) }
    return shown.map { estimate, what in
      var report = Report.operators(of: estimate)
      if let table = report.tables.first {
        report.tables = [precise(table, records: report.records, totals: report.totals)]
      }
      report.charts = [.roofline(estimate)]
      let name = "\(estimate.model.name), \(estimate.hardware.name), \(estimate.precision.name), \(estimate.inputName)"
      return Section("\(name) (\(what))", of: "Operator by operator", report)
    }
  }

  /// The table of operators of one estimate with what machines read of it, all columns.
  private static func precise(_ table: ReportTable, records: [OutputRecord], totals: [Total]) -> ReportTable {
    let rows = records + totals.map(\.record)
    guard rows.count == table.rows.count else { return table }
    let keys = [
      "stage": "stage", "operator": "name", "repeat": "repeat", "work": "flops", "vector work": "vector_flops",
      "weights": "weight_bytes", "act. read": "activation_read_bytes", "act. written": "activation_written_bytes",
      "KV read": "kv_read_bytes", "KV written": "kv_written_bytes", "FLOP/B": "intensity", "ridge": "ridge_point",
      "time": "seconds", "expected": "expected_seconds", "bound by": "bound", "sent": "sent_bytes",
    ]
    let columns = table.columns.indices.filter { keys[table.columns[$0].heading] != nil }
    var precise = ReportTable(columns.map { table.columns[$0] }, caption: table.caption, rows: [], totals: table.totals)
    precise.rows = table.rows.map { row in columns.map { row[$0] } }
    let names = columns.compactMap { keys[table.columns[$0].heading] }
    precise.figures = ReportTable.Figures(
      keys: names,
      rows: rows.map { record in
        let values = Dictionary(record.fields.map { ($0.key, $0.value) }) { first, _ in first }
        return names.map { values[$0] ?? .null }
      })
    return precise
  }

  /// What the answer rests on, and what was asked.
  private mutating func addAssumptions(_ estimates: [Estimate], _ question: Question) {
    let part = "What it rests on"
    var seen: Set<String> = []
    let devices = estimates.map(\.hardware).filter { seen.insert("device \($0.name)").inserted }
    var seenEngines: Set<Engine> = [.none]
    let engines = estimates.map(\.engine).filter { seenEngines.insert($0).inserted }
    let models = estimates.map(\.model).filter { seen.insert("model \($0.name)").inserted }
    for device in devices.prefix(Self.subjectLimit) { sections.append(Section(device.title, of: part, .show(device))) }
    for model in models.prefix(Self.subjectLimit) { sections.append(Section(model.title, of: part, .show(model))) }
    for engine in engines.prefix(Self.subjectLimit) {
      sections.append(Section(engine.titleWithSettings, of: part, .show(engine)))
    }
    var rules = Section("How it is counted", of: part)
    if let first = estimates.first {
      let kernels = first.accounting.kernels.map { ", \($0.rawValue) kernels" } ?? ""
      rules.notes = [
        "Accounting \(first.accounting.name)\(kernels): every operator is counted from the model's configuration.",
        "The ideal time is for every operator the longest of its arithmetic and its traffic at the device's peaks, summed "
          + "up; no kernel is faster.",
        "The expected time is what real kernels take: shares of peak and bandwidth that were measured on the device or, "
          + "where that is said, are typical of its class"
          + (engines.isEmpty ? "." : ", and what the engine's own kernels and its host take."),
      ]
    }
    let others = [devices.count, models.count, engines.count].reduce(0) { $0 + max(0, $1 - Self.subjectLimit) }
    if others > 0 {
      rules.notes.append("\(others) more devices, models and engines: roofline show NAME has their figures.")
    }
    sections.append(rules)
    var asked = Section("As JSON, for roofline --question FILE", of: "The question")
    asked.text = question.json
    sections.append(asked)
  }
}

extension Engine {
  /// The title, and what a user changed.
  fileprivate var titleWithSettings: String {
    let changes = [
      settings.utilization.map { "memory utilization \($0.shortest)" }, settings.sequences.map { "max seqs \($0)" },
      settings.batchTokens.map { "max batch tokens \($0)" },
    ].compactMap(\.self)
    return ([title] + changes).joined(separator: ", ")
  }
}

extension Question {
  /// The question as a JSON text for people and for `--question`.
  public var json: String {
    let fields = record.fields.map { "  \(JSONRenderer.text(.text($0.key))): \(JSONRenderer.text($0.value))" }
    return "{\n\(fields.joined(separator: ",\n"))\n}\n"
  }
}
