/// A table of comma-separated values with a line of column names, whose fields know where they stand.
///
/// As RFC 4180 has it: a field in quotes may hold commas, line ends and doubled quotes. Empty lines and lines that begin
/// with `#` are skipped.
public struct CSV: Sendable {
  /// A row of a table.
  public struct Row: Sendable {
    let fields: [Node]
    /// Where the row begins.
    public let position: Position

    /// The field of a column; see `CSV.column`.
    public subscript(column: Int) -> Node {
      fields.indices.contains(column) ? fields[column] : Node(.empty, at: position)
    }
  }

  /// The names of the columns.
  public let columns: [String]
  /// The rows in the order of the file.
  public let rows: [Row]
  /// Where the names of the columns stand.
  public let header: Position

  /// Reads a table. Errors name the file as `file`.
  ///
  /// - Throws: `Diagnostic` at invalid UTF-8, a quote that is not closed, a column that is named twice, or a row with
  ///   more or fewer fields than there are columns.
  public init(parsing bytes: [UInt8], file: String) throws(Diagnostic) {
    var scanner = Scanner(bytes: bytes, file: file)
    var lines: [Row] = []
    while let row = try scanner.row() { lines.append(row) }
    guard let first = lines.first else {
      throw Diagnostic(file: file, "expected a line of column names, found nothing")
    }
    var columns: [String] = []
    for field in first.fields {
      let name = try field.text("the name of a column")
      guard !columns.contains(name) else { throw field.error("the column \"\(name.shortened)\" is there twice") }
      columns.append(name)
    }
    for row in lines where row.fields.count != columns.count {
      throw Diagnostic(row.position, "expected \(columns.count) fields as in the first line, found \(row.fields.count)")
    }
    self.columns = columns
    rows = Array(lines.dropFirst())
    header = first.position
  }

  /// The place of a column in a row, or nil without such a column.
  public func column(_ name: String) -> Int? { columns.firstIndex(of: name) }

  /// The place of a column that must be there.
  public func required(_ name: String) throws(Diagnostic) -> Int {
    guard let column = column(name) else {
      throw Diagnostic(header, "the column \"\(name)\" is missing; found are \(columns.joined(separator: ", "))")
    }
    return column
  }
}

extension Node.Content {
  fileprivate static let empty = Node.Content.scalar("", quoted: false)
}

/// Cuts bytes into rows of fields.
private struct Scanner {
  let bytes: [UInt8]
  let file: String
  var offset = 0
  var line = 1
  var column = 1

  private static let (newline, carriageReturn, comma, quote, hash) = (
    UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "#")
  )

  init(bytes: [UInt8], file: String) {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    self.bytes = bytes.starts(with: mark) ? Array(bytes.dropFirst(mark.count)) : bytes
    self.file = file
  }

  private var position: Position { Position(file: file, line: line, column: column) }
  private var current: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  private mutating func advance() {
    if bytes[offset] == Self.newline {
      line += 1
      column = 1
    } else if bytes[offset] & 0xC0 != 0x80 {
      column += 1
    }
    offset += 1
  }

  /// The next row, or nil at the end.
  mutating func row() throws(Diagnostic) -> CSV.Row? {
    while let byte = current, [Self.newline, Self.carriageReturn, Self.hash].contains(byte) {
      if byte == Self.hash { while let byte = current, byte != Self.newline { advance() } } else { advance() }
    }
    guard current != nil else { return nil }
    let start = position
    var fields = [try field()]
    while current == Self.comma {
      advance()
      fields.append(try field())
    }
    return CSV.Row(fields: fields, position: start)
  }

  private mutating func field() throws(Diagnostic) -> Node {
    let start = position
    var text: [UInt8] = []
    let isQuoted = current == Self.quote
    if isQuoted {
      advance()
      try quoted(&text, from: start)
    }
    while let byte = current, byte != Self.comma, byte != Self.newline {
      if byte != Self.carriageReturn { text.append(byte) }
      advance()
    }
    guard let string = String(validating: text, as: UTF8.self) else {
      throw Diagnostic(start, "the field is not valid UTF-8")
    }
    return Node(.scalar(string, quoted: false), at: start)
  }

  private mutating func quoted(_ text: inout [UInt8], from start: Position) throws(Diagnostic) {
    while let byte = current {
      advance()
      guard byte == Self.quote else {
        text.append(byte)
        continue
      }
      guard current == Self.quote else { return }
      text.append(byte)
      advance()
    }
    throw Diagnostic(start, "the quote that begins here is not closed")
  }
}
