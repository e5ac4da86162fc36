internal import Documents

/// Markdown with pipe tables, aligned so that it reads well as it is.
package struct MarkdownRenderer: Renderer {
  /// A Markdown renderer.
  package init() {}

  /// Headings, pipe tables and the notes as a list.
  package func render(_ report: Report) -> String {
    let tables = report.tables.flatMap { ($0.caption.map { [escaped($0)] } ?? []) + [table($0)] }
    let parts = [report.headings.map(escaped).joined(separator: "  \n")] + tables + [notes(report.notes)]
    return parts.filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n"
  }

  /// The pipe table alone, without a line feed at its end.
  package func table(_ table: ReportTable) -> String {
    let rows = ([table.columns.map(\.heading)] + table.rows).map { $0.map(escaped) }
    let widths = table.columns.indices.map { column in max(3, rows.map { $0[column].count }.max() ?? 0) }
    var lines = rows.map { row in
      let cells = table.columns.indices.map {
        row[$0].padded(to: widths[$0], table.columns[$0].alignment)
      }
      return "| \(cells.joined(separator: " | ")) |"
    }
    let rules = table.columns.indices.map { column in
      let dashes = String(repeating: "-", count: widths[column] - 1)
      return table.columns[column].alignment == .left ? "\(dashes)-" : "\(dashes):"
    }
    lines.insert("| \(rules.joined(separator: " | ")) |", at: 1)
    return lines.joined(separator: "\n")
  }

  private func notes(_ notes: [String]) -> String {
    notes.map { "- \(escaped($0))" }.joined(separator: "\n")
  }

  private func escaped(_ text: String) -> String { text.shown(in: .markdown) }
}

extension String {
  /// The text filled up with spaces to so many characters.
  func padded(to width: Int, _ alignment: ReportTable.Column.Alignment) -> String {
    let spaces = String(repeating: " ", count: max(0, width - count))
    return alignment == .left ? self + spaces : spaces + self
  }
}

extension OutputFormat {
  /// Words and pipe tables.
  public static let markdown = OutputFormat(
    "markdown", endings: [".md"], mediaType: "text/markdown; charset=utf-8", shownRows: 100_000
  ) { _ in MarkdownRenderer() }
}
