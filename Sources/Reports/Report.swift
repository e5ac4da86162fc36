package import Charts
public import Documents

/// A table for people: texts in columns.
public struct ReportTable: Sendable, Hashable {
  /// What stands above the table, where a report has several.
  public var caption: String?

  /// A column of a table.
  public struct Column: Sendable, Hashable {
    /// How a column's texts stand in it.
    public enum Alignment: Sendable, Hashable { case left, right }

    /// What stands above the column.
    public var heading: String
    /// At which edge its texts stand.
    public var alignment: Alignment
    /// Columns of the lowest priority go first where a terminal is too narrow; 0 stays always.
    public var priority: Int

    /// Whether a terminal that is too narrow breaks the column's texts into lines before it drops columns.
    public var wraps = false

    /// A column of texts.
    public static func text(_ heading: String, priority: Int = 0, wraps: Bool = false) -> Column {
      Column(heading: heading, alignment: .left, priority: priority, wraps: wraps)
    }
    /// A column of numbers.
    public static func number(_ heading: String, priority: Int = 0) -> Column {
      Column(heading: heading, alignment: .right, priority: priority)
    }
  }

  /// The columns from left to right.
  public var columns: [Column]
  /// The texts of each row, one for every column.
  public var rows: [[String]]
  /// How many of the last rows sum up those above them.
  public var totals: Int
  /// What machines read in place of the texts; nil for the texts.
  public var figures: Figures?

  /// The cells of a table for machines.
  public struct Figures: Sendable, Hashable {
    /// The key of every column.
    public var keys: [String]
    /// The values of every row, one for every column.
    public var rows: [[OutputValue]]
  }

  /// A table; every row has as many texts as there are columns.
  public init(_ columns: [Column], caption: String? = nil, rows: [[String]], totals: Int = 0) {
    self.caption = caption
    self.columns = columns
    self.rows = rows
    self.totals = totals
  }
}

/// What is to be said, before it is known in which format: the same facts for people and for machines.
public struct Report: Sendable, Hashable {
  /// One line each, above the tables.
  public var headings: [String]
  /// The rows for people, mostly in one table.
  public var tables: [ReportTable]
  /// One sentence each, below the tables.
  public var notes: [String]
  /// What JSON has in front of the rows, by key.
  public var head: [OutputRecord.Field] = []
  /// How many characters wide tables are where no terminal says it, columns left out that are less needed; nil for all.
  public var widest: Int?
  /// The key under which machines find the rows.
  public var recordsKey = "rows"
  /// The rows for machines.
  public var records: [OutputRecord]
  /// The rows that sum them up, for machines, by key: `total` and, where that is not of all rows, others.
  public var totals: [Total] = []
  /// What JSON has beside the rows, by key.
  public var details: [OutputRecord.Field] = []
  /// What CSV, which has room for one list, holds in place of the rows; nil for the rows.
  public var listed: [OutputRecord]?
  /// What is drawn of the rows, in SVG and on a page.
  package var charts: [Chart] = []
  /// What a page has behind the answer.
  package var sections: [Section] = []
  /// What the sliders of a page answer from.
  package var explorer: Explorer?

  /// A record that sums up others.
  public struct Total: Sendable, Hashable {
    /// The key under which machines find it.
    public var key: String
    /// The sums.
    public var record: OutputRecord
  }

  /// A report from its parts.
  public init(
    headings: [String], table: ReportTable, notes: [String] = [], records: [OutputRecord], total: OutputRecord? = nil
  ) {
    self.init(headings: headings, tables: [table], notes: notes, records: records, total: total)
  }

  /// A report of several tables.
  public init(
    headings: [String], tables: [ReportTable], notes: [String] = [], records: [OutputRecord], total: OutputRecord? = nil
  ) {
    self.headings = headings
    self.tables = tables
    self.notes = notes
    self.records = records
    totals = total.map { [Total(key: "total", record: $0)] } ?? []
  }
}

/// Writes reports in one format.
package protocol Renderer: Sendable {
  /// The whole text of the report, with a line feed at its end.
  func render(_ report: Report) -> String
}
