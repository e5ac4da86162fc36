/// A table of comma-separated values with a line of column names, whose fields know where they stand.
///
/// As RFC 4180 has it: a field in quotes may hold commas, line ends and doubled quotes. Empty lines and lines that begin
/// with `#` are skipped. A row has at most 10,000 fields, a field at most a million bytes.
package struct CSV: Sendable {
  /// A row of a table: where it stands in the bytes, from which each field is read when it is asked for.
  package struct Row: Sendable {
    fileprivate let text: Text
    fileprivate let offset: Int
    fileprivate let line, column: UInt32

    /// Where the row begins.
    package var position: Diagnostic.Position {
      Diagnostic.Position(in: text.source, line: Int(line), column: Int(column))
    }

    /// The field of a column; see `CSV.column`.
    package subscript(column: Int) -> Node {
      var scanner = Scanner(text, at: self)
      return ((try? scanner.field(column)?.node()) ?? nil) ?? Node(.scalar("", quoted: false), at: position)
    }
  }

  /// What all rows are read from.
  fileprivate final class Text: Sendable {
    let bytes: [UInt8]
    let source: SourceText
    init(_ bytes: [UInt8], _ file: String) { (self.bytes, source) = (bytes, SourceText(file: file)) }
  }

  /// The names of the columns.
  package let columns: [String]
  /// The rows in the order of the file.
  package let rows: [Row]
  /// Where the names of the columns stand.
  package let header: Diagnostic.Position

  /// Reads a table. Errors name the file as `file`.
  ///
  /// - Throws: `Diagnostic` at invalid UTF-8, a quote that is not closed, a column that is named twice, a row with more or
  ///   fewer fields than there are columns, or one of the limits; nothing behind it is read.
  package init(parsing bytes: [UInt8], file: String) throws(Diagnostic) {
    let text = Text(bytes, file)
    var scanner = Scanner(text)
    var fields: [Node] = []
    guard let first = try scanner.row({ (field) throws(Diagnostic) in fields.append(try field.node()) }) else {
      throw Diagnostic(file: file, "expected a line of column names, found nothing")
    }
    columns = try Self.names(fields)
    header = first.position
    var rows: [Row] = []
    var count = 0
    let isText = String(validating: bytes, as: UTF8.self) != nil
    while let row = try scanner.row({ (field) throws(Diagnostic) in
      count += 1
      if !isText { _ = try field.node() }
    }) {
      guard count == columns.count else {
        throw Diagnostic(row.position, "expected \(columns.count) fields as in the first line, found \(count)")
      }
      rows.append(row)
      count = 0
    }
    self.rows = rows
  }

  private static func names(_ fields: [Node]) throws(Diagnostic) -> [String] {
    var names: [String] = []
    var known: Set<String> = []
    for field in fields {
      let name = try field.text("the name of a column")
      guard known.insert(name).inserted else {
        throw field.error("the column \"\(name.shortened)\" is there twice")
      }
      names.append(name)
    }
    return names
  }

  /// The place of a column in a row, or nil without such a column.
  package func column(_ name: String) -> Int? { columns.firstIndex(of: name) }

  /// The place of a column that must be there.
  package func required(_ name: String) throws(Diagnostic) -> Int {
    guard let column = column(name) else {
      throw Diagnostic(header, "the column \"\(name)\" is missing; found are \(columns.listed)")
    }
    return column
  }
}

extension [String] {
  /// The first ones, shortened, for error messages.
  fileprivate var listed: String {
    let first = prefix(20).map(\.shortened).joined(separator: ", ")
    return count > 20 ? "\(first) and \(count - 20) more" : first
  }
}

/// Cuts bytes into rows of fields.
private struct Scanner {
  let text: CSV.Text
  var offset = 0
  var line = 1
  var column = 1

  private static let mostFields = 10_000
  private static let longestField = 1_000_000
  private static let (newline, carriageReturn, comma, quote, hash) = (
    UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "#")
  )

  init(_ text: CSV.Text) { self.text = text }

  /// At the beginning of a row.
  init(_ text: CSV.Text, at row: CSV.Row) {
    (self.text, offset, line, column) = (text, row.offset, Int(row.line), Int(row.column))
  }

  private var position: Diagnostic.Position { Diagnostic.Position(in: text.source, line: line, column: column) }
  private var current: UInt8? { offset < text.bytes.count ? text.bytes[offset] : nil }

  private mutating func advance() {
    let byte = text.bytes[offset]
    if byte == Self.newline {
      line += 1
      column = 1
    } else if byte & 0xC0 != 0x80 {
      column += 1
    }
    offset += 1
  }

  /// The next row, or nil at the end; `take` is given its fields.
  mutating func row(_ take: (Field) throws(Diagnostic) -> Void) throws(Diagnostic) -> CSV.Row? {
    while let byte = current, byte == Self.newline || byte == Self.carriageReturn || byte == Self.hash {
      if byte == Self.hash { while let byte = current, byte != Self.newline { advance() } } else { advance() }
    }
    guard current != nil else { return nil }
    let row = CSV.Row(
      text: text, offset: offset, line: UInt32(clamping: line), column: UInt32(clamping: column))
    try take(try field())
    var count = 1
    while current == Self.comma {
      guard count < Self.mostFields else {
        throw Diagnostic(
          row.position, "the row has more than \(Self.mostFields) fields; expected comma-separated values")
      }
      advance()
      try take(try field())
      count += 1
    }
    return row
  }

  /// The field with so many before it in the row that begins here; nil if the row has fewer.
  mutating func field(_ index: Int) throws(Diagnostic) -> Field? {
    guard index >= 0 else { return nil }
    for _ in 0..<index {
      _ = try field()
      guard current == Self.comma else { return nil }
      advance()
    }
    return try field()
  }

  /// Where a field stands; its text is made when somebody asks for it.
  struct Field {
    fileprivate let text: CSV.Text
    fileprivate let line, column: Int
    fileprivate let bytes: Range<Int>
    fileprivate let isQuoted: Bool
    private static let (carriageReturn, quote) = (UInt8(ascii: "\r"), UInt8(ascii: "\""))

    /// The field without the quotes around it and carriage returns behind it.
    ///
    /// - Throws: `Diagnostic` if it is not valid UTF-8.
    func node() throws(Diagnostic) -> Node {
      let position = Diagnostic.Position(in: text.source, line: line, column: column)
      let slice = text.bytes[bytes]
      let isPlain = !isQuoted && !slice.contains(Self.carriageReturn)
      guard let string = String(validating: isPlain ? slice : unquoted(slice)[...], as: UTF8.self) else {
        throw Diagnostic(position, "the field is not valid UTF-8")
      }
      return Node(.scalar(string, quoted: false), at: position)
    }

    private func unquoted(_ slice: ArraySlice<UInt8>) -> [UInt8] {
      var result: [UInt8] = []
      var rest = slice
      // The quote that ends the text; what stands behind it belongs to the field, too.
      var isInside = isQuoted
      if isQuoted { rest = rest.dropFirst() }
      while let byte = rest.popFirst() {
        if isInside, byte == Self.quote {
          isInside = rest.first == Self.quote
          if isInside { result.append(rest.removeFirst()) }
        } else if isInside || byte != Self.carriageReturn {
          result.append(byte)
        }
      }
      return result
    }
  }

  private mutating func field() throws(Diagnostic) -> Field {
    let start = self
    let isQuoted = current == Self.quote
    if isQuoted {
      advance()
      try skipQuoted(from: start)
    }
    while let byte = current, byte != Self.comma, byte != Self.newline { advance() }
    try checkLength(from: start)
    return Field(text: text, line: start.line, column: start.column, bytes: start.offset..<offset, isQuoted: isQuoted)
  }

  /// Skips to behind the quote that ends a text.
  private mutating func skipQuoted(from start: Scanner) throws(Diagnostic) {
    while let byte = current {
      advance()
      guard byte == Self.quote else {
        try checkLength(from: start)
        continue
      }
      guard current == Self.quote else { return }
      advance()
    }
    throw Diagnostic(start.position, "the quote that begins here is not closed")
  }

  private func checkLength(from start: Scanner) throws(Diagnostic) {
    guard offset - start.offset <= Self.longestField else {
      throw Diagnostic(
        start.position, "the field has more than \(Self.longestField) bytes; expected comma-separated values")
    }
  }
}
