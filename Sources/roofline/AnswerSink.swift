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

  /// A table holds so many rows in a terminal, and in Markdown.
  private static let tableLimit = 200, markdownLimit = 100_000

  init(
    _ question: Question, before: AnswerBefore? = nil, _ requirements: RequirementOptions, to output: OutputOptions
  ) throws(Diagnostic) {
    self.question = question
    let chosen = try question.rows.chosenColumns()
    columns = chosen.isEmpty ? Self.columns(of: question, before) : chosen
    self.before = before
    self.requirements = requirements
    self.output = output
    format = output.chosenFormat
  }

  /// All columns for machines.
  private static func columns(of question: Question, _ before: AnswerBefore?) -> [Column] {
    let all = question.budget == nil ? Column.all : [Column.rank] + Column.all + Column.paper
    return before == nil ? all : all + Column.before
  }

  /// Writes all rows.
  ///
  /// - Throws: `Diagnostic` if there are none or they cannot be written; `ExitCode` 2 where a requirement fails.
  func write(_ answer: Answer) throws {
    Interrupts.hold()
    let failures = Locked(Failures())
    let (before, conditions) = (before, requirements.conditions)
    @Sendable func look(at rows: inout [RowFigures]) {
      guard before != nil || !conditions.isEmpty else { return }
      for index in rows.indices {
        if let before { rows[index].before = before.row(like: rows[index]) }
        for condition in conditions {
          guard let text = condition.shortfall(of: &rows[index]) else { continue }
          failures.withLock { $0.add("\(rows[index].identity): \(text) (\(condition.text))") }
        }
      }
    }
    let tally =
      if let stream = RecordStream(format, head: [.init(key: "question", value: .record(question.record))]) {
        try write(answer, stream, look)
      } else {
        try show(answer, look)
      }
    Console.progress(nil)
    if format.isForMachines {
      for omission in tally.omissions.prefix(5) {
        Console.complain("\(omission.rows) row\(omission.rows == 1 ? "" : "s") left out: \(omission.message)")
      }
      if tally.omissions.count > 5 { Console.complain("and others, for \(tally.omissions.count - 5) more reasons") }
      for omission in answer.study.omissions { Console.complain("left out: \(omission)") }
    }
    if let before {
      let missing = before.missing
      if missing > 0 { Console.complain("\(missing) rows of \(before.path) are not asked for now") }
    }
    let failed = failures.withLock { $0 }
    failed.complain()
    if tally.isInterrupted {
      Console.complain("interrupted: \(tally.rows) rows are written, all whole")
      Interrupts.leave()
    }
    if failed.count > 0 { throw RequirementOptions.failure }
  }

  /// Rows for machines, written while they are made.
  private func write(
    _ answer: Answer, _ stream: RecordStream, _ look: @escaping @Sendable (inout [RowFigures]) -> Void
  ) throws -> Answer.Tally {
    var stream = stream
    let columns = columns
    let file = try output.path.map { (path) throws(Diagnostic) in try OutputFile(at: path) }
    func put(_ bytes: [UInt8]) throws(Diagnostic) {
      if let file { try file.write(bytes) } else { try Console.write(bytes) }
    }
    let form = stream
    let tally = try answer.forEach(watch) { rows in
      look(&rows)
      var bytes: [UInt8] = []
      for index in rows.indices { form.append(rows[index].record(columns), to: &bytes) }
      return bytes
    } deliver: { bytes throws(Diagnostic) in
      try put(stream.separator(columns.map(\.key)))
      try put(bytes)
    }
    let omissions =
      tally.omissions.map { Record(["message": .text($0.message), "rows": .number($0.rows)]) }
      + answer.study.omissions.map { Record(["message": .text($0), "rows": .null]) }
    let members = omissions.isEmpty ? [] : [Record.Field(key: "omissions", value: .records(omissions))]
    try put(Array(stream.end(members).utf8))
    try file?.finish()
    return tally
  }

  /// Rows for people, in a table at the end.
  private func show(
    _ answer: Answer, _ look: @escaping @Sendable (inout [RowFigures]) -> Void
  ) throws -> Answer.Tally {
    let limit = format == .markdown ? Self.markdownLimit : Self.tableLimit
    var rows: [RowFigures] = []
    var summary = AnswerSummary()
    let tally = try answer.forEach(watch) { rows in
      look(&rows)
      return rows
    } deliver: { more throws(Diagnostic) in
      summary.add(more)
      rows += more.prefix(limit - rows.count)
    }
    Console.progress(nil)
    try output.write(report(&rows, tally, summary, answer))
    return tally
  }

  private func report(
    _ rows: inout [RowFigures], _ tally: Answer.Tally, _ summary: AnswerSummary, _ answer: Answer
  ) throws(Diagnostic) -> Report {
    var named = question.budget == nil ? [] : [Column.rank]
    named += try question.rows.namedColumns()
    if before != nil { named += Column.before }
    return Report(
      &rows, chosen: try question.rows.chosenColumns(), named: named, tally: tally, summary: summary,
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

    mutating func add(_ text: String) {
      count += 1
      if texts.count < Self.limit { texts.append(text) }
    }

    func complain() {
      for text in texts { Console.complain("requirement: \(text)") }
      if count > texts.count { Console.complain("requirement: \(count - texts.count) more rows fail") }
    }
  }
}
