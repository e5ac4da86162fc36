internal import Architectures
public import Documents
internal import Engines
internal import Estimation
internal import Hardware
internal import Operators
internal import Quantities
public import Questions

extension Report {
  /// The rows of a study: what they say in words, then a table, then what a reader must know.
  ///
  /// - Throws: `Diagnostic` if a row cannot be estimated.
  public init(_ study: Study) throws(Diagnostic) {
    var rows = try study.rows().map { RowFigures($0) }
    self.init(&rows)
  }

  /// Rows that answer a question.
  ///
  /// - Parameters:
  ///   - chosen: columns that are wanted by name, for people and for machines; none for the usual ones.
  ///   - named: columns that an order or a condition names: people see them.
  ///   - tally: what came of the question.
  ///   - summary: what is known of all rows, where these are the first ones; nil where they are all.
  ///   - omissions: what is left out, one sentence each.
  package init(
    _ rows: inout [RowFigures], chosen: [Questions.Column] = [], named: [Questions.Column] = [],
    tally: Answer.Tally? = nil, summary: AnswerSummary? = nil, omissions: [String] = []
  ) {
    var all = summary ?? AnswerSummary()
    if summary == nil { all.add(rows) }
    let isComparison = named.contains(Column.rank)
    let papers = isComparison ? Column.paper.dropFirst(2) : []
    let columns = StudyTable(&rows, all, chosen: chosen, named: named, extra: Array(papers))
    var table = columns.table(&rows)
    table.figures = columns.figures(&rows)
    let estimates = rows.map(\.estimate)
    var notes: [[String]] = []
    let showsContext = (chosen + named).contains { $0.key == "longest_context" }
    for index in rows.indices {
      let note = showsContext ? rows[index].contextNote : nil
      notes.append(rows[index].notes + (note.map { [$0] } ?? []))
    }
    let hidden = tally.map { $0.rows - rows.count } ?? 0
    let more =
      hidden > 0
      ? [
        "\(hidden) more rows, which these notes are not about: order and cut them by --sort and --top, or see all by --format csv"
      ] : []
    let failed = Self.omitted(tally?.omissions ?? [])
    self.init(
      headings: Self.title(estimates, all) + StudyAnswer(rows, all).sentences + Self.setting(estimates, all)
        + Self.samples(estimates),
      table: table,
      notes: more + failed + omissions + RowSubjects(estimates).notes(notes) + Self.basis(estimates)
        + Self.requestNotes(estimates) + (isComparison ? Self.paperNotes(rows) : []),
      records: [])
    for index in rows.indices { records.append(rows[index].record(chosen.isEmpty ? Column.all : chosen)) }
  }

  /// Why rows are left out; of many reasons the first few.
  private static func omitted(_ omissions: [Answer.Tally.Omission]) -> [String] {
    let shown = omissions.prefix(4).map { "\($0.rows) row\($0.rows == 1 ? "" : "s") left out: \($0.message)" }
    let others = omissions.dropFirst(4).reduce(0) { $0 + $1.rows }
    return shown + (others > 0 ? ["\(others) more rows left out: --format json says why, under omissions"] : [])
  }

  /// Says which picture the rows are about.
  public mutating func describe(picture: String, encoder: String?, notes: [String]) {
    headings.removeAll { $0 == Self.heading(featuresOf: picture) }
    headings.append(
      encoder.map { "Picture \(picture), encoded by \($0)" } ?? "Picture \(picture); only its size matters")
    self.notes = notes + self.notes
  }

  private static func title(_ estimates: [Estimate], _ all: AnswerSummary) -> [String] {
    guard let first = estimates.first else { return [] }
    let model = all.models.count == 1 ? first.model.title : "\(all.models.count) models"
    return ["\(model) on \(place(of: estimates, devices: all.devices.count))"]
  }

  /// What all rows have in common.
  private static func setting(_ estimates: [Estimate], _ all: AnswerSummary) -> [String] {
    guard let first = estimates.first else { return [] }
    /// What all rows have in a column, from the first of them.
    func same<Value>(_ key: String, _ value: (Estimate) -> Value) -> Value? {
      all.differing.contains { $0.key == key } ? nil : value(first)
    }
    var parts: [String] = []
    if let precision = same("precision", \.precision.name) { parts.append(precision) }
    if first.model.language == nil {
      parts.append("one forward pass")
    } else {
      if let visual = same("visual_tokens", \.visualTokens), visual > 0 { parts.append("\(visual) visual tokens") }
      if let text = same("text_tokens", \.workload.textTokens) { parts.append("\(text) text tokens") }
      if let context = same("context_tokens", \.workload.context), context > 0 {
        parts.append("\(context) tokens of context")
      }
      if let output = same("output_tokens", \.workload.outputTokens), output > 0 {
        parts.append("\(output) output tokens")
      }
    }
    if let batch = same("batch", \.workload.batch) { parts.append("batch \(batch)") }
    parts.append("times are expected ones unless called ideal")
    let kernels = first.accounting.kernels.map { ", \($0.rawValue) kernels" } ?? ""
    return [
      parts.joined(separator: ", ") + "; \(first.accounting.name) accounting\(kernels)"
        + engine(same("engine", \.engine), same("memory_utilization", \.engine.memory.utilization))
    ]
  }

  /// Whose times and use of memory are reckoned with, where they are one engine's: `; times and memory as of vllm, 0.9 of the
  /// device's`.
  private static func engine(_ engine: Engine?, _ utilization: Figure<Ratio>?) -> String {
    guard let engine else { return "" }
    let share = utilization.map { ", \($0.stated) of the device's" } ?? ""
    let times = engine.times == nil ? "" : "times and "
    return engine.name == Engine.none.name ? "" : "; \(times)memory as of \(engine.name)\(share)"
  }

  private static func samples(_ estimates: [Estimate]) -> [String] {
    var headings: [String] = []
    for reduction in estimates.compactMap(\.visualInput.reduction) {
      guard let sample = reduction.sample else { continue }
      let heading =
        reduction.isSynthetic
        ? "Reducers ran on the built-in sample \"\(sample)\": synthetic features, not a photograph's"
        : heading(featuresOf: sample)
      if !headings.contains(heading) { headings.append(heading) }
    }
    return headings.count > 3 ? ["Reducers ran on the features of \(headings.count) pictures"] : headings
  }

  /// Where estimates run: a device, several to compare, or so many of it that share the model.
  ///
  /// `devices` counts those of all rows, where these are the first ones.
  static func place(of estimates: [Estimate], devices: Int = 1) -> String {
    guard let first = estimates.first else { return "no device" }
    let count = max(devices, Set(estimates.map(\.hardware.name)).count)
    let parallelism = first.serving.parallelism
    let isShared = estimates.allSatisfy { $0.serving.parallelism == parallelism }
    guard let spread = parallelism.summary, isShared else {
      return count == 1 ? first.hardware.title : "\(count) devices"
    }
    return count == 1
      ? "\(parallelism.devices) x \(first.hardware.title), \(spread)"
      : "\(count) devices, of each \(parallelism.devices): \(spread)"
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
      let shown = names.count > 5 ? "\(names.count) devices" : names.joined(separator: ", ")
      notes.append(
        "expected times are estimated: what kernels achieve is typical of such devices, not measured on \(shown)")
    }
    let ranges = estimates.map { estimate -> [String] in
      guard let share = estimate.expectedShare else { return [] }
      let range = "\(share.lowerBound.fixed(2)) to \(share.upperBound.fixed(2))"
      return ["prefills take \(range) times the expected time in four of five cases (reports/validation.md, Ranges)"]
    }
    return notes + RowSubjects(estimates).notes(ranges)
  }

  /// What a reader of whole requests must know.
  private static func requestNotes(_ estimates: [Estimate]) -> [String] {
    let priced = estimates.filter { $0.workload.outputTokens > 0 && $0.serving.pricePerHour != nil }
    guard !priced.isEmpty else { return [] }
    let listed = priced.filter { $0.hardware.pricePerHour?.value.value == $0.serving.pricePerHour }
    let names = Set(listed.map(\.hardware.name)).sorted()
    let origin =
      names.isEmpty
      ? []
      : [
        "\(names.count > 5 ? "\(names.count) devices" : names.joined(separator: ", ")): list prices in USD from the hardware "
          + "files, see roofline show; --price-per-hour takes yours"
      ]
    return ["costs are those of the expected time: cost/1M of a million output tokens"] + origin
  }
}

extension Parallelism {
  /// How the model is spread over devices, in words; nil for a single one: `tensor 4, pipeline 2`.
  var summary: String? {
    guard devices > 1 else { return nil }
    let kinds = [(tensor, "tensor"), (pipeline, "pipeline"), (expert, "expert")].filter { $0.0 > 1 }
    return kinds.map { "\($0.1) \($0.0)" }.joined(separator: ", ")
  }
}
