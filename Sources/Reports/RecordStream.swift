/// Rows for machines that are written while they are made: CSV, or JSON as `JSONRenderer` writes it.
public struct RecordStream: Sendable {
  private let isJSON: Bool
  private var keys: [String] = []
  private var isEmpty = true

  /// Rows in a format; nil for those that are for people.
  public init?(_ format: OutputFormat) {
    switch format {
    case .csv: isJSON = false
    case .json: isJSON = true
    case .table, .markdown: return nil
    }
  }

  /// The text of the next rows; those of CSV have the columns of the first.
  public mutating func text(of records: [Record]) -> String {
    var text = ""
    for record in records {
      if isEmpty {
        keys = record.fields.map(\.key)
        text += isJSON ? JSONRenderer.opening : keys.joined(separator: ",") + "\n"
      }
      if isJSON {
        text += (isEmpty ? "\n    " : ",\n    ") + JSONRenderer.text(record)
      } else {
        text += CSVRenderer.line(record, keys) + "\n"
      }
      isEmpty = false
    }
    return text
  }

  /// The text behind the last row; in JSON the members of `record` and the `summary` stand there.
  public func end(_ record: Record, summary: [Record]) -> String {
    guard isJSON else { return "" }
    let members = record.fields + [.init(key: "summary", value: .records(summary))]
    let rest = members.map { ",\n  \(JSONRenderer.text(.text($0.key))): \(JSONRenderer.text($0.value))" }.joined()
    return (isEmpty ? JSONRenderer.opening : "\n  ") + "]\(rest)\n}\n"
  }
}
