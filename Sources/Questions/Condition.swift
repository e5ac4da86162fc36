public import Documents
internal import Quantities

/// What rows must be like: comparisons of their columns, joined by `&&`, `||`, `!` and brackets, as in
/// `expected_total_seconds<200ms && fits`.
public struct Condition: Sendable, Hashable {
  /// How a column is compared with a value.
  enum Comparison: String, CaseIterable {
    // Longer ones first, as they are looked for in this order.
    case atMost = "<="
    case atLeast = ">="
    case equal = "=="
    case other = "!="
    case less = "<"
    case more = ">"
  }

  /// What a column is compared with.
  enum Operand: Hashable, Sendable {
    case number(Double)
    case text(String)
    case boolean(Bool)
  }

  indirect enum Term: Hashable, Sendable {
    case comparison(Column, Comparison, Operand)
    case all([Term])
    case any([Term])
    case not(Term)
  }

  /// The condition as it was written.
  public let text: String
  let term: Term

  /// Reads a condition.
  ///
  /// - Throws: `Diagnostic` that says what was expected where, and what the columns are.
  public init(_ text: String) throws(Diagnostic) {
    self.text = text
    var parser = ConditionParser(text)
    term = try parser.parse()
  }

  init(_ term: Term, text: String) { (self.term, self.text) = (term, text) }

  /// That the request fits into the memory of the device, by another text.
  public static func fits(as text: String) -> Condition {
    Condition(.comparison(.named("fits") ?? Column.all[0], .equal, .boolean(true)), text: text)
  }

  /// Whether a row keeps to it. What is not known is like nothing.
  public func holds(for figures: inout RowFigures) -> Bool { term.holds(for: &figures) }

  /// Refuses columns that the rows do not have: those of estimates or, if `isLoad`, of fleets under load.
  public func check(ofLoad isLoad: Bool) throws(Diagnostic) {
    for column in columns { try column.check(ofLoad: isLoad) }
  }

  /// The columns that it names, each once.
  var columns: [Column] { term.columns }
}

extension Condition.Term {
  func holds(for figures: inout RowFigures) -> Bool {
    switch self {
    case .comparison(let column, let comparison, let operand): comparison.holds(column.value(of: &figures), operand)
    case .all(let terms): terms.allSatisfy { $0.holds(for: &figures) }
    case .any(let terms): terms.contains { $0.holds(for: &figures) }
    case .not(let term): !term.holds(for: &figures)
    }
  }

  /// All columns that are compared, each once.
  var columns: [Column] {
    switch self {
    case .comparison(let column, _, _): [column]
    case .all(let terms), .any(let terms):
      terms.flatMap(\.columns).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    case .not(let term): term.columns
    }
  }
}

extension Condition.Comparison {
  func holds(_ value: OutputValue, _ operand: Condition.Operand) -> Bool {
    switch (value, operand) {
    case (.number(let a), .number(let b)):
      switch self {
      case .atMost: a <= b
      case .atLeast: a >= b
      case .equal: a == b
      case .other: a != b
      case .less: a < b
      case .more: a > b
      }
    case (.text(let a), .text(let b)): (a.spelling == b.spelling) == (self == .equal)
    case (.boolean(let a), .boolean(let b)): (a == b) == (self == .equal)
    default: false
    }
  }
}
