internal import Architectures
public import Catalog
public import Documents
internal import Estimation
internal import Hardware
internal import Operators
internal import Quantities
public import Questions

/// What a question is answered with by whoever shows it: the command's rows, words and pictures.
extension Question {
  /// Hands out the rows that answer it as the command writes them, some at a time, while they are made.
  ///
  /// - Parameters:
  ///   - catalog: where models and devices are looked up.
  ///   - format: `.csv`, `.json` or `.jsonl`.
  ///   - most: a question of more rows is refused.
  ///   - isStopped: asked often; where it says yes, no further rows are made.
  ///   - deliver: gets the bytes, some rows at a time, in order.
  /// - Returns: how many rows there were, and what could not be estimated.
  /// - Throws: `Diagnostic` if the question makes no sense, nothing answers it, and as `deliver` does.
  @discardableResult
  public func writeRows(
    in catalog: Catalog = .standard, as format: OutputFormat, atMost most: Int = rowLimit,
    isStopped: @escaping () -> Bool = { false },
    to deliver: ([UInt8]) throws(Diagnostic) -> Void
  ) throws(Diagnostic) -> Answer.Tally {
    let columns = try writtenColumns()
    let head = [OutputRecord.Field(key: "question", value: .record(record))]
    guard var stream = RecordStream(format, head: head) else {
      throw Diagnostic("rows are written as csv, json or jsonl, found \(format.rawValue)")
    }
    let (form, keys) = (stream, columns.map(\.key))
    let study = try study(in: catalog, atMost: most)
    let tally = try Answer(study, rows).forEach(Answer.Watch(isStopped: isStopped)) { rows in
      var bytes: [UInt8] = []
      for index in rows.indices { form.append(rows[index].record(columns), to: &bytes) }
      return bytes
    } deliver: { bytes throws(Diagnostic) in
      try deliver(stream.separator(keys) + bytes)
    }
    try deliver(Array(stream.end(tally.members(besides: study.omissions)).utf8))
    return tally
  }

  /// What answers it: words, a table of the first `limit` rows, their records, and a picture of them.
  ///
  /// - Throws: `Diagnostic` if the question makes no sense or nothing answers it.
  public func report(in catalog: Catalog = .standard, rows limit: Int = 200) throws(Diagnostic) -> Report {
    try report(in: catalog, rows: limit, drawn: .usual)
  }

  /// What answers it, drawn as it is wanted, and the operators of every row under `operators` of its details.
  ///
  /// - Parameters:
  ///   - most: a question of more rows is refused.
  ///   - precisions: those of a question that names none.
  ///   - isPage: whether it becomes a page, with sliders, assumptions and their sources.
  /// - Throws: `Diagnostic` if the question makes no sense, nothing answers it, it cannot be drawn so, or it is stopped.
  package func report(
    in catalog: Catalog, rows limit: Int, atMost most: Int = rowLimit, drawn: Drawn,
    precisions: [String] = usualPrecisions, withOperators: Bool = false, isPage: Bool = false,
    isStopped: @escaping () -> Bool = { false }
  ) throws(Diagnostic) -> Report {
    let study = try study(in: catalog, precisions: precisions, atMost: most)
    var shown: [RowFigures] = []
    var summary = AnswerSummary()
    let tally = try Answer(study, rows).forEach(Answer.Watch(isStopped: isStopped)) { rows in
      rows
    } deliver: { chunk throws(Diagnostic) in
      summary.add(chunk)
      shown += chunk.prefix(limit - shown.count)
    }
    guard !tally.isInterrupted else { throw Diagnostic("it took too long; ask for fewer rows") }
    var report = Report(
      &shown, chosen: try rows.chosenColumns(), named: try namedColumns(), tally: tally, summary: summary,
      omissions: study.omissions)
    if budget != nil {
      let columns = try writtenColumns()
      report.records = shown.indices.map { shown[$0].record(columns) }
    }
    report.head = [.init(key: "question", value: .record(record))]
    if drawn.isDrawn { try report.draw(shown, of: self, as: drawn.kind, all: summary.rows) }
    if isPage { report.addPage(shown, of: self) }
    if withOperators {
      let lists = shown.map { OutputValue.records(Report.briefOperators(of: $0.estimate)) }
      report.details.append(.init(key: "operators", value: .list(lists)))
    }
    return report
  }

  /// Whether and as what an answer is drawn.
  package enum Drawn: Sendable, Hashable {
    case not, usual
    case chart(ChartKind)

    /// As a format has it: a chart of a kind, or the usual one, if it has pictures.
    package init(_ kind: ChartKind?, in format: OutputFormat) {
      self = format.isDrawn ? kind.map { .chart($0) } ?? .usual : .not
    }

    var isDrawn: Bool { self != .not }

    /// The kind that is asked for; nil for the usual one.
    var kind: ChartKind? { if case .chart(let kind) = self { kind } else { nil } }
  }

  private func study(
    in catalog: Catalog, precisions: [String] = usualPrecisions, atMost most: Int
  ) throws(Diagnostic) -> Study {
    let study = try study(in: catalog, precisions: precisions)
    try Self.check(study.count, "rows", atMost: most)
    return study
  }

  /// Refuses questions that are too large.
  static func check(_ count: Int, _ what: String, atMost most: Int) throws(Diagnostic) {
    guard count > most else { return }
    throw Diagnostic(
      "the question has \(count) \(what), at most \(most) are answered here; narrow its lists and ranges")
  }
}

extension Answer.Tally {
  /// What stands behind the rows in JSON: what was left out, and whether somebody stopped it.
  fileprivate func members(besides others: [String]) -> [OutputRecord.Field] {
    var all = omissions.map { OutputRecord(["message": .text($0.message), "rows": .number($0.rows)]) }
    all += others.map { OutputRecord(["message": .text($0), "rows": .null]) }
    let members = all.isEmpty ? [] : [OutputRecord.Field(key: "omissions", value: .records(all))]
    return members + (isInterrupted ? [OutputRecord.Field(key: "interrupted", value: .boolean(true))] : [])
  }
}

extension Report {
  /// The operators of an estimate with what a breakdown shows: how often each runs and how long all of that takes.
  fileprivate static func briefOperators(of estimate: Estimate) -> [OutputRecord] {
    var records: [OutputRecord] = []
    for (stage, entry) in parts(of: estimate, step: nil).flatMap({ $0.operators }) {
      records.append(
        OutputRecord([
          "stage": .text(stage.rawValue), "name": .text(entry.operation.name.description),
          "repeat": .number(entry.operation.repeatCount), "seconds": .number(entry.idealOfAll.value),
          "expected_seconds": .number(entry.expectedOfAll.value), "bound": .text(entry.time.bound.rawValue),
        ]))
    }
    return records
  }
}
