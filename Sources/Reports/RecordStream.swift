public import Documents

/// How a format for machines writes rows one after the other.
package protocol RowForm: Sendable {
  /// What stands before the first row: `head` has members besides the rows, `keys` are those of the first row.
  func opening(_ head: [OutputRecord.Field], _ keys: [String]) -> [UInt8]
  /// What stands between rows.
  var separator: String { get }
  /// Adds a row, with the separator if `bytes` has rows already; `keys` are those of the first row.
  func append(_ record: OutputRecord, _ keys: [String], to bytes: inout [UInt8])
  /// The text behind the last row, with members besides the rows where the format has a place for them.
  func end(_ head: [OutputRecord.Field], _ members: [OutputRecord.Field], isEmpty: Bool) -> String
}

/// Rows for machines that are written while they are made: CSV, JSON as `JSONRenderer` writes it, or JSON lines.
public struct RecordStream: Sendable {
  private let form: any RowForm
  /// What JSON has in front of the rows, by key.
  private let head: [OutputRecord.Field]
  private var isEmpty = true
  /// The columns of CSV: the keys of the first row.
  private var keys: [String] = []

  /// Rows in a format; nil for those that are for people.
  public init?(_ format: OutputFormat, head: [OutputRecord.Field] = []) {
    guard let form = format.rows else { return nil }
    (self.form, self.head) = (form, head)
  }

  /// Adds a row as it stands behind the others of `bytes`; may be called on any thread. All rows have the same keys.
  public func append(_ record: OutputRecord, to bytes: inout [UInt8]) { form.append(record, keys, to: &bytes) }

  /// What stands before the next rows, whose keys these are.
  public mutating func separator(_ keys: @autoclosure () -> [String]) -> [UInt8] {
    guard isEmpty else { return Array(form.separator.utf8) }
    isEmpty = false
    self.keys = keys()
    return form.opening(head, self.keys)
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
  public func end(_ members: [OutputRecord.Field] = []) -> String { form.end(head, members, isEmpty: isEmpty) }
}
