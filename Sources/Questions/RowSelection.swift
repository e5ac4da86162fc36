public import Documents
internal import Quantities

/// Which rows of an answer are wanted, in which order, and which of their columns.
public struct RowSelection: Sendable, Hashable {
  /// What rows must be like; nil for all.
  public var condition: Condition?
  /// Columns to order rows by, the best first; `COLUMN:asc` and `COLUMN:desc` say the direction.
  public var order: [String] = []
  /// How many rows are wanted at most.
  public var top: Int?
  /// Columns of which no row may be worse in all than another; none for all rows.
  public var front: [String] = []
  /// The columns that are wanted; none for all, or in tables for people the main ones.
  public var columns: [String] = []

  /// More rows are not ordered.
  public static let limit = 100_000_000

  /// All rows in the order of the question.
  public init() {}

  /// A column and whether its largest values come first.
  struct Direction: Sendable, Hashable {
    let column: Column
    let isDescending: Bool

    init(_ text: String) throws(Diagnostic) {
      let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      column = try Column(named: parts[0])
      guard parts.count < 2 || ["asc", "desc"].contains(parts[1].spelling) else {
        throw Diagnostic("expected \(parts[0]):asc, the smallest first, or \(parts[0]):desc, found \"\(text)\"")
      }
      guard column.kind != .records else { throw Diagnostic("\(column.key) is a list; rows have no order by it") }
      isDescending = parts.count < 2 ? column.prefersMore : parts[1].spelling == "desc"
    }
  }

  /// What rows are ordered by.
  func directions() throws(Diagnostic) -> [Direction] {
    var all: [Direction] = []
    for text in order { all.append(try Direction(text)) }
    return all
  }

  /// What rows of the front are not worse in.
  func goals() throws(Diagnostic) -> [Direction] {
    var all: [Direction] = []
    for text in front {
      let goal = try Direction(text)
      guard goal.column.kind != .text, goal.column.kind != .boolean else {
        throw Diagnostic("\(goal.column.key) is no number; a Pareto front is of numbers")
      }
      all.append(goal)
    }
    guard all.count != 1 else {
      throw Diagnostic("a Pareto front is of two columns or more, as --pareto cost,request_seconds")
    }
    return all
  }

  /// The columns by name or by the name of a group; empty where none are.
  ///
  /// - Throws: `Diagnostic` for one that is not there.
  public func chosenColumns() throws(Diagnostic) -> [Column] {
    var all: [Column] = []
    for name in columns {
      let named = if let group = Column.group(name) { group } else { [try Column(named: name)] }
      for column in named where !all.contains(column) { all.append(column) }
    }
    return all
  }

  /// The columns that the order, the front and the condition name, each once.
  public func namedColumns() throws(Diagnostic) -> [Column] {
    let all = try directions().map(\.column) + goals().map(\.column) + (condition?.columns ?? [])
    return all.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  /// Refuses columns that are not there.
  ///
  /// Fleets under load have columns of their own, which `ofLoad` says whether they are asked for.
  func check(ofLoad isLoad: Bool = false) throws(Diagnostic) {
    for column in try chosenColumns() + namedColumns() { try column.check(ofLoad: isLoad) }
    guard !(try namedColumns()).contains(Column.rank) else {
      throw Diagnostic("rank is the place in an order and no part of it; --top says how many rows are wanted")
    }
  }
}
