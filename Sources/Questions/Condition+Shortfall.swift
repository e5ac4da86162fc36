internal import Serving
internal import Architectures
internal import Documents
internal import Estimation
internal import Hardware
internal import Operators
internal import Quantities

extension Condition {
  /// In how far a row fails the condition, in words; nil where it keeps to it.
  ///
  /// A gain is not asked of the rows that others are compared with.
  public func shortfall(of figures: inout RowFigures) -> String? { term.shortfall(of: &figures) }
}

extension Condition.Term {
  fileprivate func shortfall(of figures: inout RowFigures) -> String? {
    switch self {
    case .comparison(let column, _, _) where column.kind == .factor && figures.row.isBaseline: return nil
    case .comparison(let column, let comparison, let operand):
      let value = column.value(of: &figures)
      return comparison.holds(value, operand) ? nil : Self.shortfall(of: column, value, operand, &figures)
    case .all(let terms):
      for term in terms { if let text = term.shortfall(of: &figures) { return text } }
      return nil
    case .any(let terms):
      var texts: [String] = []
      for term in terms {
        guard let text = term.shortfall(of: &figures) else { return nil }
        texts.append(text)
      }
      return texts.joined(separator: ", and ")
    case .not(let term):
      guard term.holds(for: &figures) else { return nil }
      return term.columns.map { "\($0.key) is \($0.text(of: $0.value(of: &figures)))" }.joined(separator: ", ")
    }
  }

  private static func shortfall(
    of column: Column, _ value: OutputValue, _ operand: Condition.Operand, _ figures: inout RowFigures
  ) -> String {
    switch (value, operand) {
    case (.null, _):
      return column.key == "fits" ? "not known to fit: the device's memory is not known" : "\(column.key) is not known"
    case (.boolean(false), _) where column.key == "fits":
      return figures.estimate.obstacle
        ?? "does not fit: \(figures.estimate.excess?.description ?? "it is") too much"
    case (.number(let number), .number(let bound)):
      let difference = column.text(of: .number((number - bound).magnitude))
      let direction = number == bound ? "just the bound" : "\(difference) too \(number > bound ? "much" : "little")"
      return "\(column.key) is \(column.text(of: value)), \(direction)"
    default: return "\(column.key) is \(column.text(of: value))"
    }
  }
}

extension Column {
  /// A value with its unit.
  fileprivate func text(of value: OutputValue) -> String {
    switch value {
    case .number(let number): kind.quantity.map { $0.init(number).description } ?? number.shortest
    case .text(let text): text
    case .boolean(let boolean): boolean ? "true" : "false"
    case .null, .records, .record, .list: "not known"
    }
  }
}

extension RowFigures {
  /// What tells the row from others, in words: `fp16, prumerge, 41 visual tokens, v100`.
  public var identity: String {
    if let load {
      let fleet = ["\(load.fleet.engines) engine\(load.fleet.engines == 1 ? "" : "s")", load.loadText]
      return
        ([estimate.model.name, estimate.precision.name, estimate.reducerName ?? "none", estimate.hardware.name]
        + fleet).joined(separator: ", ")
    }
    var parts = image.map { [$0] } ?? []
    parts += [estimate.model.name, estimate.precision.name, estimate.reducerName ?? "none"]
    parts += ["\(estimate.visualTokens) visual tokens", estimate.hardware.name]
    let workload = estimate.workload
    let others = [
      ("batch", workload.batch, 1), ("text", workload.textTokens, Question.usualTextTokens.first ?? 0),
      ("context", workload.context, 0),
      ("output", workload.outputTokens, 0), ("devices", estimate.serving.parallelism.devices, 1),
    ]
    parts += others.filter { $0.1 != $0.2 }.map { "\($0.0) \($0.1)" }
    return parts.joined(separator: ", ")
  }
}
