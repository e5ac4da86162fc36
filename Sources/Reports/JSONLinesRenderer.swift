internal import Documents

/// JSON lines: every record as a JSON object on a line of its own, totals last.
public struct JSONLinesRenderer: Renderer {
  /// A renderer of JSON lines.
  public init() {}

  /// The records, one a line.
  public func render(_ report: Report) -> String {
    (report.listed ?? report.records + report.totals.map(\.record)).map { JSONRenderer.text($0) + "\n" }.joined()
  }
}
