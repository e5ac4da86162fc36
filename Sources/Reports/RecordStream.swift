public import Documents
internal import Quantities

/// Rows for machines that are written while they are made: CSV, JSON as `JSONRenderer` writes it, or JSON lines.
public struct RecordStream: Sendable {
  private enum Form { case csv, json, lines }

  private let form: Form
  /// What JSON has in front of the rows, by key.
  private let head: [OutputRecord.Field]
  private var isEmpty = true
  /// The columns of CSV: the keys of the first row.
  private var keys: [String] = []

  /// Rows in a format; nil for those that are for people.
  public init?(_ format: OutputFormat, head: [OutputRecord.Field] = []) {
    switch format {
    case .csv: form = .csv
    case .json: form = .json
    case .jsonl: form = .lines
    case .table, .markdown, .svg, .html: return nil
    }
    self.head = head
  }

  /// Adds a row as it stands behind the others of `bytes`; may be called on any thread. All rows have the same keys.
  public func append(_ record: OutputRecord, to bytes: inout [UInt8]) {
    switch form {
    case .csv: bytes.appendCSV(record, keys: keys.isEmpty ? nil : keys)
    case .json:
      bytes.append(bytes.isEmpty ? "    " : ",\n    ")
      bytes.appendJSON(record)
    case .lines: bytes.appendJSON(record)
    }
    if form != .json { bytes.append("\n") }
  }

  /// What stands before the next rows, whose keys these are.
  public mutating func separator(_ keys: @autoclosure () -> [String]) -> [UInt8] {
    defer { isEmpty = false }
    var bytes: [UInt8] = []
    switch form {
    case .lines: break
    case .csv:
      guard isEmpty else { break }
      self.keys = keys()
      bytes.append(self.keys.joined(separator: ",") + "\n")
    case .json: bytes.append(isEmpty ? JSONRenderer.opening(head) + "\n" : ",\n")
    }
    return bytes
  }

  /// The bytes of the next rows, with what stands before them.
  public mutating func next(_ records: [OutputRecord]) -> [UInt8] {
    guard let first = records.first else { return [] }
    let separator = separator(first.fields.map(\.key))
    var bytes: [UInt8] = []
    for record in records { append(record, to: &bytes) }
    return separator + bytes
  }

  /// The text behind the last row; in JSON these members stand there.
  public func end(_ members: [OutputRecord.Field] = []) -> String {
    guard form == .json else { return "" }
    let rest = members.map { ",\n  \(JSONRenderer.text(.text($0.key))): \(JSONRenderer.lines($0.value))" }.joined()
    return (isEmpty ? JSONRenderer.opening(head) : "\n  ") + "]\(rest)\n}\n"
  }
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
  fileprivate mutating func append(_ text: String) { append(contentsOf: text.utf8) }

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

  mutating func appendJSON(_ record: OutputRecord) {
    append(0x7B)
    for (index, field) in record.fields.enumerated() {
      if index > 0 { append(", ") }
      append(0x22)
      append(field.key)
      append("\": ")
      appendJSON(field.value)
    }
    append(0x7D)
  }

  mutating func appendJSON(_ value: OutputValue) {
    switch value {
    case .number(let number) where number.isFinite: append(number: number)
    case .boolean(let boolean): append(boolean ? "true" : "false")
    case .records(let records):
      append(0x5B)
      for (index, record) in records.enumerated() {
        if index > 0 { append(", ") }
        appendJSON(record)
      }
      append(0x5D)
    case .record(let record): appendJSON(record)
    case .list(let values):
      append(0x5B)
      for (index, value) in values.enumerated() {
        if index > 0 { append(", ") }
        appendJSON(value)
      }
      append(0x5D)
    case .number, .text, .null: append(JSONRenderer.text(value))
    }
  }

  /// A number as `shortest` has it, whole ones digit by digit.
  private mutating func append(number: Double) {
    guard number == number.rounded(), number.magnitude < 1e15 else { return append(number.shortest) }
    var rest = Int64(number)
    if rest < 0 {
      append(0x2D)
      rest = -rest
    }
    let start = count
    repeat {
      append(0x30 + UInt8(truncatingIfNeeded: rest % 10))
      rest /= 10
    } while rest > 0
    self[start...].reverse()
  }
}
