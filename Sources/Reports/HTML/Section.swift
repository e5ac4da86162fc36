package import Charts

extension Report {
  /// A part of a page behind the answer, closed at first.
  package struct Section: Sendable, Hashable {
    /// What stands above it.
    package var title: String
    /// The part of the page that it belongs to: neighbours of one part share a heading.
    package var part: String
    /// One line each.
    package var headings: [String] = []
    /// Pictures, and tables below them.
    package var charts: [Chart] = [], tables: [ReportTable] = []
    /// One sentence each.
    package var notes: [String] = []
    /// A text to be copied as it is.
    package var text: String?

    /// A part without content yet.
    package init(_ title: String, of part: String) { (self.title, self.part) = (title, part) }

    /// What another report says.
    init(_ title: String, of part: String, _ report: Report) {
      self.init(title, of: part)
      (headings, charts, tables, notes) = (report.headings, report.charts, report.tables, report.notes)
    }
  }
}
