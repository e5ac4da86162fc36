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

extension OutputFormat {
  /// A line a row below the keys.
  public static let csv = OutputFormat(
    "csv", endings: [".csv"], mediaType: "text/csv; charset=utf-8", rows: CSVRows()
  ) { _ in CSVRenderer() }
}

/// Rows of CSV: the keys of the first row, then a line each.
private struct CSVRows: RowForm {
  let separator = ""

  func opening(_ head: [OutputRecord.Field], _ keys: [String]) -> [UInt8] { keys.joined(separator: ",").utf8 + [0x0A] }

  func append(_ record: OutputRecord, _ keys: [String], to bytes: inout [UInt8]) {
    bytes.appendCSV(record, keys: keys.isEmpty ? nil : keys)
    bytes.append(0x0A)
  }

  func end(_ head: [OutputRecord.Field], _ members: [OutputRecord.Field], isEmpty: Bool) -> String { "" }
}

extension UInt8 {
  /// Whether it is a letter, a digit, or one of a few signs that mean nothing in CSV, JSON or to a spreadsheet.
  fileprivate var isPlain: Bool {
    switch self {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
    default: false
    }
  }
}

extension [UInt8] {
  /// A record as a line of CSV: its values in its own order or, where keys are given that are others, in theirs.
  fileprivate mutating func appendCSV(_ record: OutputRecord, keys: [String]?) {
    guard let keys, !record.fields.lazy.map(\.key).elementsEqual(keys) else {
      for (index, field) in record.fields.enumerated() {
        if index > 0 { append(0x2C) }
        appendCSV(field.value)
      }
      return
    }
    append(CSVRenderer.line(record, keys))
  }

  fileprivate mutating func appendCSV(_ value: OutputValue) {
    switch value {
    // Names need nothing; what does is looked through.
    case .text(let text) where text.utf8.allSatisfy({ $0.isPlain }) && text.utf8.first != 0x2D: append(text)
    case .number(let number): if number.isFinite { append(number: number) }
    case .boolean(let boolean): append(boolean ? "true" : "false")
    case .null: break
    case .text(let text): append(text.shown(in: .csv))
    case .records, .record, .list:
      var json: [UInt8] = []
      json.appendJSON(value)
      append(String(decoding: json, as: UTF8.self).shown(in: .csv))
    }
  }
}
