internal import Documents
internal import Quantities

/// Reads conditions: `||` binds least, then `&&`, then `!`.
struct ConditionParser {
  private let text: String
  private var rest: Substring
  /// Brackets and exclamation marks that are open.
  private var depth = 0
  /// More of them are refused.
  private static let deepest = 64

  init(_ text: String) {
    self.text = text
    rest = text[...]
  }

  private static let form = "expected a condition such as prefill_seconds<0.2 or expected_total_seconds<200ms && fits"

  /// The whole text.
  mutating func parse() throws(Diagnostic) -> Condition.Term {
    let term = try alternatives()
    skipSpaces()
    guard rest.isEmpty else { throw error("found \"\(rest)\" behind it; join conditions with && or ||") }
    return term
  }

  private mutating func alternatives() throws(Diagnostic) -> Condition.Term {
    var terms = [try conjunction()]
    while take("||") { terms.append(try conjunction()) }
    return terms.count == 1 ? terms[0] : .any(terms)
  }

  private mutating func conjunction() throws(Diagnostic) -> Condition.Term {
    var terms = [try factor()]
    while take("&&") { terms.append(try factor()) }
    return terms.count == 1 ? terms[0] : .all(terms)
  }

  private mutating func factor() throws(Diagnostic) -> Condition.Term {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepest else { throw error("too many brackets") }
    if take("(") {
      let term = try alternatives()
      guard take(")") else { throw error("a bracket is not closed") }
      return term
    }
    skipSpaces()
    if !rest.hasPrefix("!="), take("!") { return .not(try factor()) }
    return try comparison()
  }

  private mutating func comparison() throws(Diagnostic) -> Condition.Term {
    skipSpaces()
    let name = String(rest.prefix { !"<>=!&|()".contains($0) }).trimmingSpaces()
    guard !name.isEmpty else { throw error("a column is missing\(rest.isEmpty ? "" : " before \"\(rest)\"")") }
    let column = try Column(named: name)
    rest = rest.drop { !"<>=!&|()".contains($0) }
    guard let sign = Condition.Comparison.allCases.first(where: { rest.hasPrefix($0.rawValue) }) else {
      guard column.kind == .boolean else {
        throw error("\(column.key) is compared with a value by <, <=, >, >=, == or !=")
      }
      return .comparison(column, .equal, .boolean(true))
    }
    rest = rest.dropFirst(sign.rawValue.count)
    let value = try value(of: column)
    if case .number = value {
    } else if sign != .equal, sign != .other {
      throw error("\(column.key) is no number; compare it by == or !=")
    }
    return .comparison(column, sign, value)
  }

  private mutating func value(of column: Column) throws(Diagnostic) -> Condition.Operand {
    skipSpaces()
    var word: String
    let isQuoted = rest.first == "\"" || rest.first == "'"
    if isQuoted, let quote = rest.popFirst() {
      word = String(rest.prefix { $0 != quote })
      rest = rest.dropFirst(word.count)
      guard rest.popFirst() == quote else { throw error("a quotation is not closed") }
    } else {
      word = String(rest.prefix { !"<>=!&|()".contains($0) })
      rest = rest.dropFirst(word.count)
      word = word.trimmingSpaces()
    }
    guard let operand = column.kind.operand(word) else {
      throw error("\"\(word)\" is no value of \(column.key): expected \(column.kind.expectation)")
    }
    return operand
  }

  private mutating func take(_ sign: String) -> Bool {
    skipSpaces()
    guard rest.hasPrefix(sign) else { return false }
    rest = rest.dropFirst(sign.count)
    return true
  }

  private mutating func skipSpaces() { rest = rest.drop { $0 == " " } }

  private func error(_ problem: String) -> Diagnostic { Diagnostic("\(Self.form); in \"\(text)\" \(problem)") }
}

extension Column.Kind {
  /// What a word is compared with as; nil for what is no value of the kind.
  fileprivate func operand(_ word: String) -> Condition.Operand? {
    switch self {
    case .text: return word.isEmpty ? nil : .text(word)
    case .boolean:
      switch word.spelling {
      case "true", "yes": return .boolean(true)
      case "false", "no": return .boolean(false)
      default: return nil
      }
    case .records: return nil
    default: break
    }
    let number = Double(word) ?? Int(counting: word).map(Double.init)
    guard let value = number ?? quantity.flatMap({ try? $0.init(parsing: word).value }), value.isFinite else {
      return nil
    }
    return .number(value)
  }

  fileprivate var expectation: String {
    switch self {
    case .text: "a text"
    case .boolean: "true or false"
    case .records: "nothing, it is a list"
    default: "a number" + (quantity.map { " or a figure such as \($0.notation.example)" } ?? "")
    }
  }
}
