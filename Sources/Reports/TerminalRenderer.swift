/// A plain table for a terminal: aligned columns, as many as its width holds, colour where it is wanted.
public struct TerminalRenderer: Renderer {
  /// Columns of the terminal, or nil for no limit.
  public var width: Int?
  /// Whether to write ANSI colour sequences.
  public var usesColor: Bool

  /// A renderer for a terminal of `width` columns.
  public init(width: Int? = nil, usesColor: Bool = false) {
    self.width = width
    self.usesColor = usesColor
  }

  /// Headings, tables with the columns that fit, and notes, a blank line between them.
  public func render(_ report: Report) -> String {
    var blocks: [[String]] = []
    if !report.headings.isEmpty {
      blocks.append(report.headings.enumerated().flatMap { lines($1, $0 == 0 ? .bold : nil) })
    }
    var hidden = 0
    for table in report.tables where !table.rows.isEmpty {
      var table = table
      table.rows = table.rows.map { $0.map(\.onOneLine) }
      let columns = visibleColumns(table)
      hidden = max(hidden, table.columns.count - columns.count)
      blocks.append((table.caption.map { lines($0, .bold) } ?? []) + lines(table, columns))
    }
    var notes = report.notes
    if hidden > 0 {
      notes.append("\(hidden) more column\(hidden == 1 ? "" : "s") in a wider terminal, or with --format markdown")
    }
    if !notes.isEmpty { blocks.append(notes.flatMap { lines($0, .faint) }) }
    return blocks.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
  }

  /// A sentence in as many lines as it takes.
  private func lines(_ text: String, _ style: Style?) -> [String] { styled(text.onOneLine.wrapped(to: width), style) }

  private static let gap = 2

  /// The columns that fit, dropping those of the highest priority number first.
  private func visibleColumns(_ table: Table) -> [Int] {
    var visible = Array(table.columns.indices)
    guard let width else { return visible }
    let widths = table.widths
    while visible.map({ widths[$0] + Self.gap }).reduce(-Self.gap, +) > width,
      let victim = visible.last(where: { index in
        table.columns[index].priority > 0
          && table.columns[index].priority == visible.map { table.columns[$0].priority }.max()
      })
    {
      visible.removeAll { $0 == victim }
    }
    return visible
  }

  private func lines(_ table: Table, _ columns: [Int]) -> [String] {
    let widths = table.widths
    func line(_ cells: [String]) -> String {
      let padded = columns.map { cells[$0].padded(to: widths[$0], table.columns[$0].alignment) }
      let text = padded.joined(separator: String(repeating: " ", count: Self.gap))
      return String(text.reversed().drop { $0 == " " }.reversed())
    }
    let rule = columns.map { String(repeating: "-", count: widths[$0]) }
      .joined(separator: String(repeating: " ", count: Self.gap))
    var lines = styled([line(table.columns.map(\.heading))], .bold) + styled([rule], .faint)
    lines += table.rows.map(line)
    if table.hasTotal, table.rows.count > 1 { lines.insert(contentsOf: styled([rule], .faint), at: lines.count - 1) }
    return lines
  }

  private enum Style: String {
    case bold = "1"
    case faint = "2"
  }

  private func styled(_ lines: [String], _ style: Style?) -> [String] {
    guard usesColor, let style else { return lines }
    return lines.map { "\u{1B}[\(style.rawValue)m\($0)\u{1B}[0m" }
  }
}

extension Table {
  /// The width of each column's widest text.
  fileprivate var widths: [Int] {
    columns.indices.map { column in max(columns[column].heading.count, rows.map { $0[column].count }.max() ?? 0) }
  }
}

extension String {
  /// The text in lines of at most `width` characters, broken between words; words that are longer stay whole.
  fileprivate func wrapped(to width: Int?) -> [String] {
    guard let width, count > width else { return [self] }
    var lines: [String] = []
    var line = ""
    for word in split(separator: " ") {
      if !line.isEmpty, line.count + 1 + word.count > width {
        lines.append(line)
        line = ""
      }
      line += line.isEmpty ? String(word) : " \(word)"
    }
    return lines + [line]
  }
}
