internal import Architectures
internal import Documents
internal import Estimation
internal import Quantities
internal import Questions

extension Questions.Column {
  /// The column of a table for people.
  func heading(priority: Int) -> ReportTable.Column {
    switch kind {
    case .text, .boolean, .records: .text(heading, priority: priority, wraps: kind == .text)
    default: .number(heading, priority: priority)
    }
  }

  /// What a row holds, for people: with a unit and three significant digits.
  func cell(_ figures: inout RowFigures) -> String {
    if key == "fits" { return figures.estimate.fitText }
    if key == "visual_tokens", figures.load == nil { return figures.estimate.visualTokensText }
    return switch value(of: &figures) {
    case .text(let text): text
    case .number(let number): number.isFinite ? text(of: number) : ""
    case .boolean(let boolean): boolean ? "yes" : "NO"
    case .null: kind == .count && !isAsked ? "?" : ""
    case .records, .record, .list: "..."
    }
  }

  private func text(of number: Double) -> String {
    if let quantity = kind.quantity { return quantity.init(number).description }
    // What was asked tells rows apart.
    if isAsked, kind == .number { return number.shortest }
    return switch kind {
    case .factor: "\(number.fixed(2))x"
    case .money: number.price
    case .share: "\(number > 0 ? "+" : "")\((100 * number).fixed(1)) %"
    case .portion: number.percent
    case .count: number.shortest
    default:
      number > 0 && number < 0.1
        ? number.price : number == number.rounded() ? number.shortest : number.fixed(number < 100 ? 1 : 0)
    }
  }
}

extension Estimate {
  /// Whether the request fits, hardly fits, or by how much it does not.
  var fitText: String {
    guard let fits, let excess else { return "?" }
    return fits ? (isTight ? "tight" : "yes") : excess == .zero ? "NO" : "NO: +\(excess)"
  }

  /// Visual tokens, first those of the first layer, where a reducer drops some on the way.
  fileprivate var visualTokensText: String {
    let runs = workload.visualTokens.runs(layers: model.language?.layers ?? 0)
    return runs.isEmpty ? "\(visualTokens)" : runs.map { "\($0.tokens)" }.joined(separator: " > ")
  }

  /// What the visual tokens come from: the reducer's name, or their number.
  var inputName: String { reducerName ?? "\(visualTokens) tokens" }
}

extension Double {
  /// An amount of money with at least two decimals and, where it is small, three significant digits.
  var price: String {
    var decimals = 2
    var size = magnitude
    while size > 0, size < 1, decimals < 12 {
      size *= 10
      decimals += 1
    }
    return fixed(decimals)
  }
}
