package import Documents
internal import Quantities

/// JSON: `{"schema": "roofline/2", "version": "0.1.0", "rows": [...]}`, keys in a fixed order, one row a line.
package struct JSONRenderer: Renderer {
  /// The version of the keys and their meaning.
  package static let schema = "roofline/2"
  /// The version of the program, as in CHANGELOG.md.
  package static let version = "0.1.0"

  /// A JSON renderer.
  package init() {}

  /// The schema, the records and, if there are any, their totals and what stands beside them.
  package func render(_ report: Report) -> String {
    let list = Self.lines(.records(report.records))
    let totals = report.totals.map { ",\n  \(Self.quoted($0.key)): \(Self.text($0.record))" }.joined()
    let details = report.details.map { ",\n  \(Self.quoted($0.key)): \(Self.lines($0.value))" }.joined()
    let rest = "\(totals)\(details)"
    return "\(Self.start(report.head))  \(Self.quoted(report.recordsKey)): \(list)\(rest)\n}\n"
  }

  /// The schema, the program's version, and what stands in front of the rows.
  private static func start(_ head: [OutputRecord.Field]) -> String {
    let members = OutputRecord(["schema": .text(schema), "version": .text(version)]).fields + head
    return "{\n" + members.map { "  \(quoted($0.key)): \(text($0.value)),\n" }.joined()
  }

  /// A value as JSON, of records one a line.
  static func lines(_ value: OutputValue) -> String {
    guard case .records(let records) = value, !records.isEmpty else { return text(value) }
    return "[\n\(records.map { "    \(text($0))" }.joined(separator: ",\n"))\n  ]"
  }

  /// What stands before the first of the rows.
  static func opening(_ head: [OutputRecord.Field]) -> String { "\(start(head))  \"rows\": [" }

  /// A record as JSON on one line.
  static func text(_ record: OutputRecord) -> String {
    "{\(record.fields.map { "\(quoted($0.key)): \(text($0.value))" }.joined(separator: ", "))}"
  }

  /// A value as JSON on one line.
  package static func text(_ value: OutputValue) -> String {
    switch value {
    case .text(let text): quoted(text)
    // JSON has no NaN and no infinity.
    case .number(let number): number.isFinite ? number.shortest : "null"
    case .boolean(let boolean): "\(boolean)"
    case .null: "null"
    case .records(let records): "[\(records.map { text($0) }.joined(separator: ", "))]"
    case .record(let record): text(record)
    case .list(let values): "[\(values.map { text($0) }.joined(separator: ", "))]"
    }
  }

  /// A value as JSON on one line, of many records sooner than as a text.
  package static func bytes(_ value: OutputValue) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.appendJSON(value)
    return bytes
  }

  private static func quoted(_ text: String) -> String { text.shown(in: .json) }
}

extension OutputFormat {
  /// One object of all rows.
  public static let json = OutputFormat("json", endings: [".json"], mediaType: "application/json", rows: JSONRows()) {
    _ in
    JSONRenderer()
  }
}

/// Rows as `JSONRenderer` has them, a line each.
private struct JSONRows: RowForm {
  let separator = ",\n"

  func opening(_ head: [OutputRecord.Field], _ keys: [String]) -> [UInt8] {
    Array("\(JSONRenderer.opening(head))\n".utf8)
  }

  func append(_ record: OutputRecord, _ keys: [String], to bytes: inout [UInt8]) {
    bytes.append(bytes.isEmpty ? "    " : ",\n    ")
    bytes.appendJSON(record)
  }

  func end(_ head: [OutputRecord.Field], _ members: [OutputRecord.Field], isEmpty: Bool) -> String {
    let rest = members.map { ",\n  \(JSONRenderer.text(.text($0.key))): \(JSONRenderer.lines($0.value))" }.joined()
    return (isEmpty ? JSONRenderer.opening(head) : "\n  ") + "]\(rest)\n}\n"
  }
}
