internal import CRoofline
internal import RooflineKit

@_cdecl("roofline_render")
package func render(
  _ catalog: OpaquePointer?, _ question: OpaquePointer?, _ subject: Text?, _ format: Text?, _ chart: Text?,
  _ made: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
) -> Failure? {
  attempt { () throws(Diagnostic) in
    let asking = try Asking(catalog, question, subject)
    let formats = OutputFormat.allCases.map(\.rawValue).joined(separator: ", ")
    guard let format = OutputFormat(spelling: try text(format, "a format")) else {
      throw Diagnostic("expected a format of \(formats)")
    }
    let kind = try chart.map { (chart) throws(Diagnostic) -> ChartKind in
      let name = String(cString: chart)
      guard let kind = ChartKind(spelling: name) else {
        let names = ChartKind.allCases.map(\.rawValue).joined(separator: ", ")
        throw Diagnostic("expected a chart of \(names), found \"\(name)\"")
      }
      return kind
    }
    var report = try asking.report(format, kind)
    report.head = [.init(key: "question", value: .record(asking.question.record))]
    try report.check(for: format)
    made.pointee = lasting(report.rendered(as: format))
  }
}

extension Asking {
  /// More rows are not drawn, or put into a table.
  private static let rowLimit = 2000

  /// The answer for people, drawn where the format is a picture.
  func report(_ format: OutputFormat, _ kind: ChartKind?) throws(Diagnostic) -> Report {
    switch subject {
    case .estimate, .compare: return try rows(format, kind)
    case .operators:
      let estimates = try estimates()
      var report = Report.operators(of: estimates)
      if format.isDrawn {
        try report.draw(operatorsOf: estimates, step: nil, as: kind)
        report.addPage(operatorsOf: estimates, question)
      }
      return report
    case .simulate:
      let drawn: Question.Drawn = format.isDrawn ? kind.map { .chart($0) } ?? .usual : .not
      return try question.loadReport(loads(Stop(nil, nil)), drawn: drawn, isPage: format.isPage)
    case .plan: return Report(try plan(Stop(nil, nil)), isPage: format.isPage)
    }
  }

  private func rows(_ format: OutputFormat, _ kind: ChartKind?) throws(Diagnostic) -> Report {
    let answer = try answer()
    let limit = format.isForMachines ? Int.max : Self.rowLimit
    var rows: [RowFigures] = []
    var summary = AnswerSummary()
    let tally = try answer.forEach {
      $0
    } deliver: { (chunk: [RowFigures]) throws(Diagnostic) in
      summary.add(chunk)
      rows += chunk.prefix(limit - rows.count)
    }
    var report = Report(
      &rows, chosen: try question.rows.chosenColumns(),
      named: (question.budget == nil ? [] : [Column.rank]) + (try question.rows.namedColumns()), tally: tally,
      summary: summary, omissions: answer.study.omissions)
    if question.budget != nil {
      let columns = try question.writtenColumns()
      report.records = rows.indices.map { rows[$0].record(columns) }
    }
    if format.isDrawn { try report.draw(rows, of: question, as: kind, all: summary.rows) }
    if format.isPage { report.addPage(rows, of: question) }
    return report
  }
}
