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

extension OutputFormat {
  /// An object a line.
  public static let jsonl = OutputFormat(
    "jsonl", endings: [".jsonl"], mediaType: "application/jsonl", rows: JSONLines()
  ) { _ in JSONLinesRenderer() }
}

/// Rows of JSON lines, with nothing between them or around.
private struct JSONLines: RowForm {
  let separator = ""

  func opening(_ head: [OutputRecord.Field], _ keys: [String]) -> [UInt8] { [] }

  func append(_ record: OutputRecord, _ keys: [String], to bytes: inout [UInt8]) {
    bytes.appendJSON(record)
    bytes.append(0x0A)
  }

  func end(_ head: [OutputRecord.Field], _ members: [OutputRecord.Field], isEmpty: Bool) -> String { "" }
}
