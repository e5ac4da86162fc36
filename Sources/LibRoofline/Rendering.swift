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
    let report = try asking.report(format, kind)
    try report.check(for: format)
    made.pointee = lasting(report.rendered(as: format))
  }
}

extension Asking {
  /// The answer for people, drawn where the format is a picture.
  func report(_ format: OutputFormat, _ kind: ChartKind?) throws(Diagnostic) -> Report {
    let drawn = Question.Drawn(kind, in: format)
    switch subject {
    case .estimate, .compare:
      return try question.report(
        in: catalog, rows: format.shownRows, drawn: drawn, precisions: precisions, isPage: format.isPage)
    case .operators:
      let estimates = try estimates()
      var report = Report.operators(of: estimates)
      report.head = [.init(key: "question", value: .record(question.record))]
      if format.isDrawn {
        try report.draw(operatorsOf: estimates, step: nil, as: kind)
        report.addPage(operatorsOf: estimates, question)
      }
      return report
    case .simulate: return try question.loadReport(loads(Stop(nil, nil)), drawn: drawn, isPage: format.isPage)
    case .plan: return Report(try plan(Stop(nil, nil)), isPage: format.isPage)
    }
  }
}
