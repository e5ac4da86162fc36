internal import Documents
internal import Quantities

/// JSON: `{"schema": "roofline/2", "rows": [...]}`, keys in a fixed order, one row a line.
public struct JSONRenderer: Renderer {
  /// The version of the keys and their meaning.
  public static let schema = "roofline/2"

  /// A JSON renderer.
  public init() {}

  /// The schema, the records and, if there are any, their totals and what stands beside them.
  public func render(_ report: Report) -> String {
    let list = Self.lines(.records(report.records))
    let totals = report.totals.map { ",\n  \(Self.quoted($0.key)): \(Self.text($0.record))" }.joined()
    let details = report.details.map { ",\n  \(Self.quoted($0.key)): \(Self.lines($0.value))" }.joined()
    let rest = "\(totals)\(details)"
    return "{\n  \"schema\": \(Self.quoted(Self.schema)),\n  \(Self.quoted(report.recordsKey)): \(list)\(rest)\n}\n"
  }

  /// A value as JSON, of records one a line.
  private static func lines(_ value: Value) -> String {
    guard case .records(let records) = value, !records.isEmpty else { return text(value) }
    return "[\n\(records.map { "    \(text($0))" }.joined(separator: ",\n"))\n  ]"
  }

  /// What stands before the first of the rows.
  static var opening: String { "{\n  \"schema\": \(quoted(schema)),\n  \"rows\": [" }

  /// A record as JSON on one line.
  static func text(_ record: Record) -> String {
    "{\(record.fields.map { "\(quoted($0.key)): \(text($0.value))" }.joined(separator: ", "))}"
  }

  /// A value as JSON on one line.
  static func text(_ value: Value) -> String {
    switch value {
    case .text(let text): quoted(text)
    // JSON has no NaN and no infinity.
    case .number(let number): number.isFinite ? number.shortest : "null"
    case .boolean(let boolean): "\(boolean)"
    case .null: "null"
    case .records(let records): "[\(records.map { text($0) }.joined(separator: ", "))]"
    }
  }

  private static func quoted(_ text: String) -> String { text.shown(in: .json) }
}
