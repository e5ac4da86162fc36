internal import Documents

/// A plain table for a terminal: aligned columns, as many as its width holds, colour where it is wanted.
package struct TerminalRenderer: Renderer {
  /// Columns of the terminal, or nil for no limit.
  package var width: Int?
  /// Whether to write ANSI colour sequences.
  package var usesColor: Bool

  /// A renderer for a terminal of `width` columns.
  package init(width: Int? = nil, usesColor: Bool = false) {
    self.width = width
    self.usesColor = usesColor
  }

  /// Headings, tables with the columns that fit, and notes, a blank line between them.
  package func render(_ report: Report) -> String {
    var blocks: [[String]] = []
    if !report.headings.isEmpty {
      blocks.append(report.headings.enumerated().flatMap { lines($1, $0 == 0 ? .bold : nil) })
    }
    var hidden: [String] = []
    for table in report.tables where !table.rows.isEmpty {
      var table = table
      table.rows = table.rows.map { $0.map { $0.shown() } }
      let columns = visibleColumns(table, width ?? report.widest)
      if let width, total(fittedWidths(table, columns), columns) > width {
        blocks.append((table.caption.map { lines($0, .bold) } ?? []) + stacked(table, width))
        continue
      }
      for index in table.columns.indices where !columns.contains(index) {
        let heading = table.columns[index].heading
        if !hidden.contains(heading) { hidden.append(heading) }
      }
      blocks.append((table.caption.map { lines($0, .bold) } ?? []) + lines(table, columns))
    }
    var notes = report.notes
    if !hidden.isEmpty {
      notes.append("not shown here: \(hidden.joined(separator: ", ")); a wider terminal or --format markdown has all")
    }
    if !notes.isEmpty { blocks.append(notes.flatMap { lines($0, .faint) }) }
    return blocks.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
  }

  /// A sentence in as many lines as it takes.
  private func lines(_ text: String, _ style: Style?) -> [String] { styled(text.shown().wrapped(to: width), style) }

  private static let gap = 2
  /// Texts are not broken into lines of fewer characters.
  private static let narrowest = 24
  /// Where rows stand one below the other, values have at least so many.
  private static let shortest = 16

  /// The columns that fit, dropping those of the highest priority number first.
  private func visibleColumns(_ table: ReportTable, _ width: Int?) -> [Int] {
    var visible = Array(table.columns.indices)
    guard let width else { return visible }
    let widths = table.widths.enumerated().map { index, width in
      table.columns[index].wraps ? min(width, Self.narrowest) : width
    }
    while total(widths, visible) > width,
      let victim = visible.last(where: { index in
        table.columns[index].priority > 0
          && table.columns[index].priority == visible.map { table.columns[$0].priority }.max()
      })
    {
      visible.removeAll { $0 == victim }
    }
    return visible
  }

  private func total(_ widths: [Int], _ columns: [Int]) -> Int {
    columns.map { widths[$0] + Self.gap }.reduce(-Self.gap, +)
  }

  /// Rows one below the other, a line for every column that has something to say: for terminals that are too narrow for
  /// what tells rows apart.
  private func stacked(_ table: ReportTable, _ width: Int) -> [String] {
    let names = table.columns.map(\.heading.count).max() ?? 0
    let room = max(Self.shortest, width - names - Self.gap)
    return Array(
      table.rows.map { row -> [String] in
        table.columns.indices.filter { !row[$0].isEmpty }.flatMap { column -> [String] in
          row[column].wrapped(to: room, breaksWords: true).enumerated().map { index, text in
            let name = index == 0 ? table.columns[column].heading : ""
            return name.padded(to: names, .left) + String(repeating: " ", count: Self.gap) + text
          }
        }
      }.joined(separator: [""]))
  }

  /// The widths of the visible columns, the wrapping ones cut to what the others leave.
  private func fittedWidths(_ table: ReportTable, _ columns: [Int]) -> [Int] {
    var widths = table.widths
    guard let width else { return widths }
    for column in columns where table.columns[column].wraps {
      let excess = total(widths, columns) - width
      widths[column] = min(widths[column], max(Self.narrowest, widths[column] - max(0, excess)))
    }
    return widths
  }

  private func lines(_ table: ReportTable, _ columns: [Int]) -> [String] {
    let widths = fittedWidths(table, columns)
    let gap = String(repeating: " ", count: Self.gap)
    func line(_ cells: [String]) -> String {
      let padded = columns.map { cells[$0].padded(to: widths[$0], table.columns[$0].alignment) }
      return String(padded.joined(separator: gap).reversed().drop { $0 == " " }.reversed())
    }
    func wrapped(_ row: [String]) -> [String] {
      let cells = row.indices.map {
        table.columns[$0].wraps ? row[$0].wrapped(to: widths[$0], breaksWords: true) : [row[$0]]
      }
      return (0..<(columns.map { cells[$0].count }.max() ?? 0)).map { index in
        line(cells.map { index < $0.count ? $0[index] : "" })
      }
    }
    let rule = columns.map { String(repeating: "-", count: widths[$0]) }.joined(separator: gap)
    var lines = styled([line(table.columns.map(\.heading))], .bold) + styled([rule], .faint)
    for (index, row) in table.rows.enumerated() {
      if index > 0, index == table.rows.count - table.totals { lines += styled([rule], .faint) }
      lines += wrapped(row)
    }
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

extension ReportTable {
  /// The width of each column's widest text.
  fileprivate var widths: [Int] {
    columns.indices.map { column in max(columns[column].heading.count, rows.map { $0[column].count }.max() ?? 0) }
  }
}

extension String {
  /// The text in lines of at most `width` characters, broken between words; words that are longer stay whole, unless
  /// they may be broken.
  fileprivate func wrapped(to width: Int?, breaksWords: Bool = false) -> [String] {
    guard let width, count > width else { return [self] }
    var lines: [String] = []
    var line = ""
    for var word in split(separator: " ") {
      while breaksWords, word.count > width {
        if !line.isEmpty { lines.append(line) }
        line = ""
        lines.append(String(word.prefix(width)))
        word = word.dropFirst(width)
      }
      if !line.isEmpty, line.count + 1 + word.count > width {
        lines.append(line)
        line = ""
      }
      line += line.isEmpty ? String(word) : " \(word)"
    }
    return lines + [line]
  }
}

extension OutputFormat {
  /// Words and tables for a terminal.
  public static let table = OutputFormat(
    "table", endings: [".txt"], mediaType: "text/plain; charset=utf-8", shownRows: 200
  ) { TerminalRenderer(width: $0.width, usesColor: $0.usesColor) }
}
