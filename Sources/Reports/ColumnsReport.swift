internal import Documents
internal import Questions

extension Report {
  /// The columns that rows of estimates have, with what they mean.
  public static func listOfColumns() -> Report {
    let columns = Column.known
    return Report(
      headings: [
        "Columns, for --columns, --sort, --where, --pareto and --require; the heading of a table is a name, too"
      ],
      table: ReportTable(
        [.text("column", wraps: true), .text("heading", wraps: true), .text("meaning", wraps: true)],
        rows: columns.map { [$0.key, $0.heading, $0.about] }),
      records: columns.map {
        OutputRecord(["name": .text($0.key), "heading": .text($0.heading), "meaning": .text($0.about)])
      })
  }
}
