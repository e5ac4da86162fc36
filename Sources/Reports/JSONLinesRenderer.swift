internal import Documents

/// JSON lines: every record as a JSON object on a line of its own, totals last.
package struct JSONLinesRenderer: Renderer {
  /// A renderer of JSON lines.
  package init() {}

  /// The records, one a line.
  package func render(_ report: Report) -> String {
    (report.listed ?? report.records + report.totals.map(\.record)).map { JSONRenderer.text($0) + "\n" }.joined()
  }
}
