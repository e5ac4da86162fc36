internal import ArgumentParser
internal import RooflineKit

/// Where the rows of an answer go: to a file or standard output as they are made, or into one table at the end.
struct AnswerSink {
  private let question: Question
  private let columns: [Column]
  private let before: AnswerBefore?
  private let requirements: RequirementOptions
  private let output: OutputOptions
  private let format: OutputFormat
  private let chart: ChartKind?

  init(
    _ question: Question, before: AnswerBefore? = nil, _ requirements: RequirementOptions, to output: OutputOptions,
    drawn chart: ChartOptions
  ) throws {
    self.question = question
    self.chart = chart.kind
    try chart.check(output.chosenFormat)
    let isCompared = try before != nil && question.rows.chosenColumns().isEmpty
    columns = try question.writtenColumns() + (isCompared ? Column.before : [])
    self.before = before
    self.requirements = requirements
    self.output = output
    format = output.chosenFormat
  }

  /// Writes all rows.
  ///
  /// - Throws: `Diagnostic` if there are none or they cannot be written; `ExitCode` 2 where a requirement fails.
  func write(_ study: Study) throws {
    Interrupts.hold()
    var prepare: (@Sendable (inout RowFigures) -> Void)?
    if let before { prepare = { row in row.before = before.row(like: row) } }
    let answer = Answer(study, question.rows, prepare: prepare)
    var failures = Failures()
    let head = [OutputRecord.Field(key: "question", value: .record(question.record))]
    let tally =
      if let stream = RecordStream(format, head: head) {
        try write(answer, stream, &failures)
      } else {
        try show(answer, &failures)
      }
    Console.progress(nil)
    complain(of: tally, study)
    failures.complain()
    if tally.isInterrupted {
      let isKept = output.path == nil || Interrupts.keepsResults && tally.rows > 0
      Console.complain("interrupted: \(isKept ? "\(tally.rows) rows are written, all whole" : "nothing is written")")
      Interrupts.leave()
    }
    if failures.count > 0 { throw RequirementOptions.failure }
  }

  /// Says what is left out, where no table does, and what the answer before does not have.
  private func complain(of tally: Answer.Tally, _ study: Study) {
    if format.isForMachines {
      for omission in tally.omissions.prefix(5) {
        Console.complain("\(omission.rows) row\(omission.rows == 1 ? "" : "s") left out: \(omission.message)")
      }
      if tally.omissions.count > 5 { Console.complain("and others, for \(tally.omissions.count - 5) more reasons") }
      for omission in study.omissions { Console.complain("left out: \(omission)") }
    }
    guard let before, !tally.isInterrupted, question.rows.top == nil || !question.rows.order.isEmpty else { return }
    for difference in before.differences { Console.complain("compared with \(before.path): \(difference)") }
    if before.missing > 0 { Console.complain("\(before.missing) rows of \(before.path) are not asked for now") }
    if before.added > 0 { Console.complain("\(before.added) rows are not in \(before.path)") }
  }

  /// What of some rows does not keep to what is required.
  private static func shortfalls(_ rows: inout [RowFigures], _ conditions: [Condition]) -> [String] {
    var texts: [String] = []
    for condition in conditions {
      for index in rows.indices {
        guard let text = condition.shortfall(of: &rows[index]) else { continue }
        texts.append("\(rows[index].identity): \(text) (\(condition.text))")
      }
    }
    return texts
  }

  /// Rows for machines, written while they are made.
  private func write(_ answer: Answer, _ stream: RecordStream, _ failures: inout Failures) throws -> Answer.Tally {
    var stream = stream
    let (columns, conditions) = (columns, requirements.conditions)
    let file = try output.path.map { (path) throws(Diagnostic) in try OutputFile(at: path) }
    func put(_ bytes: [UInt8]) throws(Diagnostic) {
      if let file { try file.write(bytes) } else { try Console.write(bytes) }
    }
    let form = stream
    let tally = try answer.forEach(watch) { rows in
      var bytes: [UInt8] = []
      for index in rows.indices { form.append(rows[index].record(columns), to: &bytes) }
      return (bytes: bytes, failures: Self.shortfalls(&rows, conditions))
    } deliver: { chunk throws(Diagnostic) in
      try put(stream.separator(columns.map(\.key)))
      try put(chunk.bytes)
      failures.add(chunk.failures)
    }
    let omissions =
      tally.omissions.map { OutputRecord(["message": .text($0.message), "rows": .number($0.rows)]) }
      + answer.study.omissions.map { OutputRecord(["message": .text($0), "rows": .null]) }
    var members = omissions.isEmpty ? [] : [OutputRecord.Field(key: "omissions", value: .records(omissions))]
    if tally.isInterrupted { members.append(OutputRecord.Field(key: "interrupted", value: .boolean(true))) }
    try put(Array(stream.end(members).utf8))
    // A file that was there stays what it was, unless the user wants what is done.
    if !tally.isInterrupted || Interrupts.keepsResults && tally.rows > 0 { try file?.finish() }
    return tally
  }

  /// Rows for people, in a table at the end.
  private func show(_ answer: Answer, _ failures: inout Failures) throws -> Answer.Tally {
    let limit = format.shownRows
    let conditions = requirements.conditions
    var rows: [RowFigures] = []
    var summary = AnswerSummary()
    let tally = try answer.forEach(watch) { rows in
      (rows: rows, failures: Self.shortfalls(&rows, conditions))
    } deliver: { chunk throws(Diagnostic) in
      summary.add(chunk.rows)
      rows += chunk.rows.prefix(limit - rows.count)
      failures.add(chunk.failures)
    }
    Console.progress(nil)
    if format.isDrawn, rows.isEmpty { return tally }
    var report = try report(&rows, tally, summary, answer)
    if format.isDrawn {
      try asCall { () throws(Diagnostic) in
        try report.draw(rows, of: question, as: chart, all: summary.rows)
      }
    }
    if format.isPage { report.addPage(rows, of: question) }
    try output.write(report)
    return tally
  }

  private func report(
    _ rows: inout [RowFigures], _ tally: Answer.Tally, _ summary: AnswerSummary, _ answer: Answer
  ) throws(Diagnostic) -> Report {
    Report(
      &rows, chosen: try question.rows.chosenColumns(),
      named: try question.namedColumns() + (before == nil ? [] : Column.before), tally: tally, summary: summary,
      omissions: answer.study.omissions)
  }

  /// Shows how far it is, where that takes long, and looks whether the user has had enough.
  private var watch: Answer.Watch {
    let start = ContinuousClock.now
    var shown = start
    return Answer.Watch(isStopped: { Interrupts.isPending }) { done, all in
      let now = ContinuousClock.now
      guard now - start > .milliseconds(500), now - shown > .milliseconds(80), done < all else { return }
      shown = now
      Console.progress("\(done) of \(all) rows")
    }
  }

  /// Which rows do not keep to what is required: some of them, and how many there are.
  private struct Failures {
    private var texts: [String] = []
    private(set) var count = 0
    private static let limit = 100

    mutating func add(_ more: [String]) {
      count += more.count
      texts += more.prefix(Self.limit - texts.count)
    }

    func complain() {
      for text in texts { Console.complain("requirement: \(text)") }
      if count > texts.count { Console.complain("requirement: \(count - texts.count) more rows fail") }
    }
  }
}
