internal import RooflineKit

extension Document {
  /// The paper's Table 2 against its reproduction.
  init(_ reproduction: PruMergeTable2) {
    let report = Report(reproduction)
    let agreement = PruMergeTable2.Column.allCases.map { column in
      "\(column.title): \(reproduction.agreeing(in: column)) of \(reproduction.cells.count { $0.column == column })"
    }
    self.init(
      name: "prumerge-table2.md", title: "Table 2 of LLaVA-PruMerge, computed anew",
      [
        .paragraph("\(report.headings.joined(separator: " ")). By column:"),
        .list(agreement),
      ] + report.tables.flatMap { table in [.heading(level: 2, table.caption ?? ""), .table(table)] } + [
        .heading(level: 2, "Where the figures come from"),
        .list(report.notes),
        .paragraph("`roofline reproduce prumerge-table2` prints this in every format."),
      ])
  }
}
