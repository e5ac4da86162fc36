internal import Documents
internal import Quantities

/// Comma-separated values (RFC 4180, but lines end in a line feed), with the JSON keys as the header.
///
/// Nested records are written as JSON within the cell; null is an empty cell. Totals are the last lines. Texts are as
/// `TextMedium.csv` has them.
package struct CSVRenderer: Renderer {
  /// A CSV renderer.
  package init() {}

  /// The records, one a line, below the line of their keys.
  package func render(_ report: Report) -> String {
    let records = report.listed ?? report.records + report.totals.map(\.record)
    var keys: [String] = []
    for field in records.flatMap(\.fields) where !keys.contains(field.key) { keys.append(field.key) }
    var lines = [keys.joined(separator: ",")]
    for record in records {
      lines.append(Self.line(record, keys))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// A record as a line of the given columns.
  static func line(_ record: OutputRecord, _ keys: [String]) -> String {
    let values = Dictionary(record.fields.map { ($0.key, $0.value) }) { first, _ in first }
    return keys.map { cell(values[$0] ?? .null) }.joined(separator: ",")
  }

  static func cell(_ value: OutputValue) -> String {
    switch value {
    case .text(let text): text.shown(in: .csv)
    case .number(let number): number.isFinite ? number.shortest : ""
    case .boolean(let boolean): "\(boolean)"
    case .null: ""
    case .records, .record, .list: JSONRenderer.text(value).shown(in: .csv)
    }
  }
}
