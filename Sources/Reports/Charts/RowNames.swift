internal import Charts
internal import Documents
internal import Estimation
internal import Hardware
internal import Architectures
internal import Operators
internal import Quantities
internal import Questions

/// What the rows of a chart are called: by what tells them apart.
struct RowNames {
  /// The name of every row.
  let names: [String]

  /// The names of some rows by the columns in which they differ, but for some that the chart shows otherwise.
  init(_ rows: inout [RowFigures], except shown: Set<String> = []) {
    let columns = Self.differing(&rows).filter { !shown.contains($0.key) }
    var names: [String] = []
    for index in rows.indices {
      let parts = columns.compactMap { Self.text($0, &rows[index]) }
      names.append(parts.joined(separator: ", "))
    }
    self.names = names
  }

  /// The columns of what is asked in which rows differ.
  static func differing(_ rows: inout [RowFigures]) -> [Questions.Column] {
    var columns: [Questions.Column] = []
    for column in AnswerSummary.asked(of: rows) {
      let values = rows.indices.map { column.value(of: &rows[$0]) }
      if Set(values).count > 1 { columns.append(column) }
    }
    return columns
  }

  /// The distinct names in their order.
  var distinct: [String] {
    var seen: Set<String> = []
    return names.filter { seen.insert($0).inserted }
  }

  private static func text(_ column: Questions.Column, _ row: inout RowFigures) -> String? {
    switch (column.key, column.value(of: &row)) {
    case ("reducer", .text("none")): "no reducer"
    case (_, .text(let text)): text
    case ("visual_tokens", .number(let number)): "\(number.shortest) visual"
    case (_, .number(let number)): "\(column.heading) \(number.shortest)"
    default: nil
    }
  }
}

extension Questions.Column {
  /// How an axis writes what the column holds.
  var axisUnit: Axis.Unit {
    switch kind {
    case .seconds: .seconds
    case .bytes: .bytes
    case .flops: Axis.Unit("FLOP")
    case .intensity: Axis.Unit("FLOP/B", multiples: false)
    case .joules: Axis.Unit("J", submultiples: true)
    default: .none
    }
  }

  /// What an axis of it is called.
  var axisTitle: String { kind == .money ? "\(heading) (in the unit of the prices)" : heading }

  /// What a row holds as a number.
  func number(_ row: inout RowFigures) -> Double? {
    if case .number(let number) = value(of: &row) { number } else { nil }
  }
}

extension RowFigures {
  /// The style of its mark: ringed where the device's memory does not hold it.
  var markStyle: Mark.Style { estimate.fits == false ? .ring : .solid }
}

extension Chart {
  /// What the ring around a mark means, where there is one.
  static func ringKey(_ rows: [RowFigures]) -> [Key] {
    rows.contains { $0.estimate.fits == false } ? [Key(.ring, "does not fit into memory")] : []
  }

  /// What is said of rows that are not drawn.
  static func omission(_ shown: Int, of all: Int, _ what: String, which: String = "first") -> [String] {
    shown < all ? ["The \(which) \(shown) of \(all) \(what) are drawn; --where, --sort and --top choose others."] : []
  }
}
