public import Charts

extension Report {
  /// A part of a page behind the answer, closed at first.
  public struct Section: Sendable, Hashable {
    /// What stands above it.
    public var title: String
    /// The part of the page that it belongs to: neighbours of one part share a heading.
    public var part: String
    /// One line each.
    public var headings: [String] = []
    /// Pictures, and tables below them.
    public var charts: [Chart] = [], tables: [Table] = []
    /// One sentence each.
    public var notes: [String] = []
    /// A text to be copied as it is.
    public var text: String?

    /// A part without content yet.
    public init(_ title: String, of part: String) { (self.title, self.part) = (title, part) }

    /// What another report says.
    init(_ title: String, of part: String, _ report: Report) {
      self.init(title, of: part)
      (headings, charts, tables, notes) = (report.headings, report.charts, report.tables, report.notes)
    }
  }
}
