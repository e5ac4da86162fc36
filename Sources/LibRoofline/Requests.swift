package import CRoofline
internal import RooflineKit

/// Estimates of one question, by any number of threads.
final class Requests: Sendable {
  /// Each call takes one and puts it back, with what it remembers; the first is copied where none is left.
  private let idle: Locked<[RequestSeries]>
  private let first: RequestSeries

  init(_ first: RequestSeries) {
    self.first = first
    idle = Locked([first])
  }

  var lengths: RequestSeries.Lengths { first.lengths }

  func row(
    _ make: (inout RequestSeries) throws(Diagnostic) -> Study.Row
  ) throws(Diagnostic) -> Study.Row {
    var series = idle.withLock { $0.popLast() } ?? first
    defer { idle.withLock { $0.append(series) } }
    return try make(&series)
  }
}

/// An estimate whose figures are found out when they are asked for, and some of them remembered.
typealias EstimateHandle = Handle<Locked<RowFigures>>

@_cdecl("roofline_requests_new")
package func newRequests(_ catalog: OpaquePointer?, _ question: OpaquePointer?, _ made: Made) -> Failure? {
  attempt { () throws(Diagnostic) in
    let catalog = try CatalogHandle.of(catalog).withLock { $0 }
    let question = try QuestionHandle.of(question).withLock { $0 }
    made.pointee = Handle(Requests(try RequestSeries(question, in: catalog))).retained
  }
}

@_cdecl("roofline_requests_lengths")
package func requestsLengths(_ requests: OpaquePointer?, _ lengths: UnsafeMutablePointer<roofline_lengths>) -> Failure?
{
  attempt { () throws(Diagnostic) in
    let own = try Handle<Requests>.of(requests).lengths
    lengths.pointee = roofline_lengths(
      visual_tokens: -1, text_tokens: Int64(own.textTokens), batch: Int64(own.batch),
      output_tokens: Int64(own.outputTokens), context: Int64(own.context))
  }
}

@_cdecl("roofline_requests_estimate")
package func estimateRequest(
  _ requests: OpaquePointer?, _ visualTokens: Int64, _ textTokens: Int64, _ batch: Int64, _ outputTokens: Int64,
  _ context: Int64, _ made: Made
) -> Failure? {
  attempt { () throws(Diagnostic) in
    let lengths = RequestSeries.Lengths(
      visualTokens: visualTokens < 0 ? nil : Int(visualTokens), textTokens: Int(textTokens), batch: Int(batch),
      outputTokens: Int(outputTokens), context: Int(context))
    let row = try Handle<Requests>.of(requests).row { (series) throws(Diagnostic) in try series.row(lengths) }
    made.pointee = EstimateHandle(Locked(RowFigures(row))).retained
  }
}

@_cdecl("roofline_requests_reduced")
package func estimateReduced(
  _ requests: OpaquePointer?, _ reducer: UnsafePointer<roofline_reducer>, _ lengths: UnsafePointer<roofline_lengths>,
  _ made: Made
) -> Failure? {
  attempt { () throws(Diagnostic) in
    let (reducer, lengths) = (reducer.pointee, lengths.pointee)
    let given = RequestSeries.Lengths(
      textTokens: Int(lengths.text_tokens), batch: Int(lengths.batch), outputTokens: Int(lengths.output_tokens),
      context: Int(lengths.context))
    let outcome = VisualInput.Outcome(kept: Int(reducer.kept), count: Int(reducer.count))
    let method = try GivenReducer(reducer)
    let row = try Handle<Requests>.of(requests).row { (series) throws(Diagnostic) in
      try series.row(given, after: method, leaving: outcome)
    }
    made.pointee = EstimateHandle(Locked(RowFigures(row))).retained
  }
}

@_cdecl("roofline_requests_free")
package func freeRequests(_ requests: OpaquePointer?) { Handle<Requests>.free(requests) }

@_cdecl("roofline_figure_find")
package func findFigure(
  _ name: Text?, _ figure: UnsafeMutablePointer<Int32>, _ kind: UnsafeMutablePointer<Int32>
) -> Failure? {
  attempt { () throws(Diagnostic) in
    let column = try Column(named: try text(name, "the name of a column"))
    figure.pointee = Int32(Column.known.firstIndex(of: column) ?? 0)
    kind.pointee = Int32(ColumnBuilder.Form(column.kind).kind.rawValue)
  }
}

@_cdecl("roofline_estimate_figure")
package func estimateFigure(
  _ estimate: OpaquePointer?, _ figure: Int32, _ number: UnsafeMutablePointer<Double>,
  _ text: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
) -> Int32 {
  guard let row = try? EstimateHandle.of(estimate), Column.known.indices.contains(Int(figure)) else { return -1 }
  let column = Column.known[Int(figure)]
  switch row.withLock({ column.value(of: &$0) }) {
  case .null: return -1
  case .number(let value):
    number.pointee = value
    return Int32(ColumnBuilder.Form(column.kind).kind.rawValue)
  case .boolean(let value):
    number.pointee = value ? 1 : 0
    return Int32(ROOFLINE_BOOLEAN.rawValue)
  case .text(let value):
    text.pointee = lasting(value)
    return Int32(ROOFLINE_TEXT.rawValue)
  case let value:
    text.pointee = lasting(JSONRenderer.text(value))
    return Int32(ROOFLINE_JSON.rawValue)
  }
}

@_cdecl("roofline_estimate_operators")
package func estimateOperators(_ estimate: OpaquePointer?, _ step: Int64, _ made: Made) -> Failure? {
  attempt { () throws(Diagnostic) in
    let estimate = try EstimateHandle.of(estimate).withLock { $0.row.estimate }
    let steps = estimate.decode?.steps ?? 0
    guard step == 0 || (1...max(1, steps)).contains(Int(step)) && steps > 0 else {
      throw Diagnostic("expected a step of decoding from 1 to \(steps), found \(step)")
    }
    made.pointee = Handle(AnswerTable(Report.operators(of: estimate, step: step == 0 ? nil : Int(step)))).retained
  }
}

@_cdecl("roofline_estimate_free")
package func freeEstimate(_ estimate: OpaquePointer?) { EstimateHandle.free(estimate) }
