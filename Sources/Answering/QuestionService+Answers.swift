internal import Charts
public import Documents
internal import Planning
internal import Questions
public import Reports

/// Answers: in the command's rows, words and pictures.
extension QuestionService {
  /// Hands out the rows that answer a question, as the command writes them and while they are made. JSON lines end in one
  /// that says how many there were and what was left out.
  ///
  /// - Parameters:
  ///   - question: a JSON object, whose keys are the options' names.
  ///   - format: `.csv`, `.json` or `.jsonl`.
  ///   - isStopped: asked often; where it says yes, no further rows are made.
  ///   - deliver: gets the bytes, some rows at a time, in order.
  /// - Throws: `Diagnostic` if the question makes no sense, nothing answers it, and as `deliver` does.
  public func writeRows(
    _ question: [UInt8], as format: OutputFormat, isStopped: @escaping () -> Bool,
    to deliver: ([UInt8]) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    try given { () throws(Diagnostic) in
      let asked = try asked(question)
      let tally = try asked.resolved.writeRows(
        in: catalog, as: format, atMost: Limits.rows, isStopped: isStopped, to: deliver)
      guard format == .jsonl else { return }
      let omissions = tally.omissions.map {
        OutputRecord(["message": .text(uploads.given($0.message)), "rows": .number($0.rows)])
      }
      let end = OutputRecord([
        "rows": .number(tally.rows), "considered": .number(tally.considered),
        "interrupted": .boolean(tally.isInterrupted), "omissions": .records(omissions),
      ])
      try deliver(JSONRenderer.bytes(.record(OutputRecord(["end": .record(end)]))) + "\n".utf8)
    }
  }

  /// All that a page shows of a question, as a JSON object: `headings`, `rows`, pictures and tables as `html`, the `command`
  /// and the lines of `swift` that give the same.
  ///
  /// - Parameters:
  ///   - question: a JSON object, whose keys are the options' names.
  ///   - subject: what it is about: requests, fleets under load or what to rent.
  ///   - chart: as what requests and fleets are drawn; nil for what is usual, `none` for not at all.
  ///   - width: how wide pictures are, in pixels.
  ///   - withOperators: whether `operators` has those of each row.
  ///   - isStopped: asked often; where it says yes, the answer is given up.
  /// - Throws: `Diagnostic` if the question makes no sense, nothing answers it, or it is stopped.
  public func answer(
    _ question: [UInt8], about subject: Subject = .estimate, chart: String? = nil, width: Double = 760,
    withOperators: Bool = false, isStopped: @escaping @Sendable () -> Bool
  ) throws(Diagnostic) -> [UInt8] {
    try given { () throws(Diagnostic) in
      let asked = try asked(question)
      var report = try report(
        asked, subject, try Self.drawn(chart), withOperators: withOperators, isStopped: isStopped)
      report.headings = report.headings.map { uploads.given($0) }
      report.notes = report.notes.map { uploads.given($0) }
      return body(report, asked, subject, width)
    }
  }

  /// The answer to a question as a file in any format; of requests, tables and pages have the first rows alone.
  ///
  /// - Throws: `Diagnostic` if the question makes no sense, nothing answers it, it cannot be drawn so, or it is stopped.
  public func document(
    _ question: [UInt8], about subject: Subject = .estimate, as format: OutputFormat, chart: String? = nil,
    isStopped: @escaping @Sendable () -> Bool
  ) throws(Diagnostic) -> [UInt8] {
    try given { () throws(Diagnostic) in
      let drawn = format.isDrawn ? try Self.drawn(chart) : .not
      let report = try report(
        try asked(question), subject, drawn, isPage: format.isPage, isStopped: isStopped)
      try report.check(for: format)
      return Array(report.rendered(as: format).utf8)
    }
  }

  private func report(
    _ asked: Asked, _ subject: Subject, _ drawn: Question.Drawn, withOperators: Bool = false, isPage: Bool = false,
    isStopped: @escaping @Sendable () -> Bool
  ) throws(Diagnostic) -> Report {
    switch subject {
    case .estimate:
      return try asked.resolved.report(
        in: catalog, rows: Limits.shownRows, atMost: Limits.rows, drawn: drawn, withOperators: withOperators,
        isPage: isPage, isStopped: isStopped)
    case .simulate:
      try asked.question.checkSize()
      return try asked.resolved.loadReport(
        in: catalog, atMost: Limits.simulations, drawn: drawn, isPage: isPage, isStopped: isStopped)
    case .plan:
      try asked.question.checkSize()
      try asked.question.checkSizeOfPlan()
      return try asked.resolved.planReport(in: catalog, isPage: isPage, isStopped: isStopped)
    }
  }

  private func body(_ report: Report, _ asked: Asked, _ subject: Subject, _ width: Double) -> [UInt8] {
    let question = asked.question
    let files = question.record.fields.flatMap(\.value.texts)
    let calls = uploads.recipes(of: files) + [question.commandLine(subject) { uploads.given($0) }]
    var members: [(key: String, value: [UInt8])] = [
      ("question", JSONRenderer.bytes(.record(question.record))),
      ("headings", JSONRenderer.bytes(.list(report.headings.map { .text($0) }))),
      ("rows", JSONRenderer.bytes(.records(report.records))),
      ("html", HTMLRenderer().fragment(report, id: "answer", width: width).quotedMarkup),
      ("command", JSONRenderer.bytes(.text(calls.joined(separator: "\n")))),
      ("swift", JSONRenderer.bytes(.text(question.swift(subject) { uploads.given($0) }))),
    ]
    members += report.details.map { ($0.key, JSONRenderer.bytes($0.value)) }
    var body = Array("{".utf8)
    for (index, member) in members.enumerated() {
      body += "\(index > 0 ? ", " : "")\"\(member.key)\": ".utf8
      body += member.value
    }
    return body + "}\n".utf8
  }

  private static func drawn(_ chart: String?) throws(Diagnostic) -> Question.Drawn {
    guard let chart else { return .usual }
    if chart == "none" { return .not }
    guard let kind = ChartKind(rawValue: chart) else {
      let known = ChartKind.allCases.map(\.rawValue).joined(separator: ", ")
      throw Diagnostic("expected a chart of \(known) or none, found \"\(chart)\"")
    }
    return .chart(kind)
  }
}

extension Question {
  /// Refuses fleets that would take much of the machine.
  fileprivate func checkSize() throws(Diagnostic) {
    let limits = QuestionService.Limits.self
    let most = [
      "requests": limits.requests, "concurrency": limits.requests / 10, "replicas": 16, "kv-tokens": 4_000_000,
      "disaggregate": 16, "split": 16, "max-gpus": 256, "seeds": 8,
    ]
    for field in record.fields {
      guard let most = most[field.key] else { continue }
      for text in field.value.texts {
        // The numbers of a text, also those of ranges as 1..64*2 and of parts as prefill=2,decode=1.
        for number in text.split(whereSeparator: { !$0.isNumber }) where Int(number) ?? .max > most {
          throw Diagnostic("--\(field.key) is at most \(most) here, found \"\(text)\"; ask the command for more")
        }
      }
    }
  }

  /// Refuses plans that would: of a run as long as is usual, and of very many ways to serve.
  fileprivate func checkSizeOfPlan() throws(Diagnostic) {
    let most = QuestionService.Limits.requests
    if load.requests == nil, load.trace == nil {
      guard plan.find == nil else { throw Diagnostic("say with --requests how long a run is, at most \(most) here") }
      if let rate = load.rates.first, rate * 60 > Double(most) {
        throw Diagnostic("a run of a minute has more than \(most) requests at that rate; say --requests")
      }
    }
    let lists = planning().record.fields.filter { !["price-per-hour", "reducer"].contains($0.key) }
    let ways = lists.reduce(max(1, reducers.count)) { ways, field in
      let values = field.value.texts.flatMap { $0.split(separator: ",") }
      let count = values.reduce(0) { $0 + ($1.contains("..") || $1.lowercased() == "all" ? 64 : 1) }
      return min(1 << 40, ways * max(1, count))
    }
    guard ways <= QuestionService.Limits.candidates else {
      throw Diagnostic(
        "the plan has \(ways) ways to serve or more, at most \(QuestionService.Limits.candidates) are looked at here; "
          + "narrow its lists and ranges")
    }
  }
}

extension String {
  /// Markup, which has no control characters but the ends of its lines, as a JSON string.
  fileprivate var quotedMarkup: [UInt8] {
    var bytes: [UInt8] = [0x22]
    bytes.reserveCapacity(utf8.count + utf8.count / 8)
    for byte in utf8 {
      switch byte {
      case 0x22, 0x5C: bytes += [0x5C, byte]
      case 0x0A: bytes += [0x5C, 0x6E]
      case 0..<0x20: bytes.append(0x20)
      default: bytes.append(byte)
      }
    }
    return bytes + [0x22]
  }
}
