package import CRoofline
internal import RooflineKit

/// A roofline_stop.
package typealias StopFunction = @convention(c) (UnsafeMutableRawPointer?) -> Int32

@_cdecl("roofline_ask")
package func ask(
  _ catalog: OpaquePointer?, _ question: OpaquePointer?, _ subject: Text?, _ stop: StopFunction?,
  _ context: UnsafeMutableRawPointer?, _ made: Made
) -> Failure? {
  attempt { () throws(Diagnostic) in
    let asking = try Asking(catalog, question, subject)
    let stop = Stop(stop, context)
    let table: AnswerTable
    switch asking.subject {
    case .estimate, .compare:
      table = try AnswerTable(try asking.answer(), asking.question.writtenColumns(), stop)
    case .operators: table = AnswerTable(Report.operators(of: try asking.estimates()))
    case .simulate:
      let answer = try asking.loads(stop)
      table = AnswerTable(
        try asking.question.loadReport(answer, drawn: .not, isPage: false), omissions: answer.omissions,
        isStopped: answer.isInterrupted)
    case .plan:
      let answer = try asking.plan(stop)
      table = AnswerTable(
        Report(answer, isPage: false), omissions: answer.omissions, isStopped: answer.isInterrupted)
    }
    if table.isStopped { throw Diagnostic("interrupted") }
    made.pointee = Handle(table).retained
  }
}

@_cdecl("roofline_list")
package func list(_ catalog: OpaquePointer?, _ subject: Text?, _ made: Made) -> Failure? {
  attempt { () throws(Diagnostic) in
    let catalog = try CatalogHandle.of(catalog).withLock { $0 }
    let report: Report
    switch try text(subject, "what is to be listed") {
    case "models": report = .list(try catalog.allModels())
    case "hardware": report = .list(try catalog.allHardware())
    case "engines": report = .list(try catalog.allEngines())
    case "reducers": report = .listOfReducers()
    case "columns": report = .listOfColumns()
    case let other: throw Diagnostic("expected models, hardware, engines, reducers or columns, found \"\(other)\"")
    }
    made.pointee = Handle(AnswerTable(report)).retained
  }
}

@_cdecl("roofline_show")
package func show(_ catalog: OpaquePointer?, _ name: Text?, _ made: Made) -> Failure? {
  attempt { () throws(Diagnostic) in
    let catalog = try CatalogHandle.of(catalog).withLock { $0 }
    let report: Report =
      switch try catalog.item(try text(name, "a name")) {
      case .hardware(let device): .show(device)
      case .model(let model): .show(model)
      case .engine(let engine): .show(engine)
      }
    made.pointee = Handle(AnswerTable(report)).retained
  }
}

@_cdecl("roofline_table_columns")
package func tableColumns(_ table: OpaquePointer?) -> Int64 {
  Int64((try? Handle<AnswerTable>.of(table).columns.count) ?? 0)
}

@_cdecl("roofline_table_rows")
package func tableRows(_ table: OpaquePointer?) -> Int64 { Int64((try? Handle<AnswerTable>.of(table).rows) ?? 0) }

@_cdecl("roofline_table_column")
package func tableColumn(
  _ table: OpaquePointer?, _ place: Int64, _ column: UnsafeMutablePointer<roofline_column>
) -> Failure? {
  attempt { () throws(Diagnostic) in
    let columns = try Handle<AnswerTable>.of(table).columns
    guard let place = Int(exactly: place), columns.indices.contains(place) else {
      throw Diagnostic("expected a column from 0 to \(columns.count - 1), found \(place)")
    }
    column.pointee = columns[place].view
  }
}

@_cdecl("roofline_table_omissions")
package func tableOmissions(_ table: OpaquePointer?) -> UnsafeMutablePointer<CChar>? {
  let omissions = (try? Handle<AnswerTable>.of(table).omissions) ?? []
  return lasting(JSONRenderer.text(.list(omissions.map { .text($0) })))
}

@_cdecl("roofline_table_details")
package func tableDetails(_ table: OpaquePointer?) -> UnsafeMutablePointer<CChar>? {
  lasting(JSONRenderer.text(.record((try? Handle<AnswerTable>.of(table).details) ?? OutputRecord([:]))))
}

@_cdecl("roofline_table_free")
package func freeTable(_ table: OpaquePointer?) { Handle<AnswerTable>.free(table) }
