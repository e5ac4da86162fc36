internal import Architectures
internal import Charts
internal import Estimation
internal import Photographs
internal import Quantities

extension Chart {
  /// At most so many bars.
  private static let bars = 24
  /// More reducers are not drawn.
  private static let reducerLimit = 8

  /// How many tokens are left of how many pictures, a chart for each reducer, all over the same range.
  static func tokens(_ all: [(name: String, tokens: Distribution)], title: String) -> [Chart] {
    let rows = all.prefix(reducerLimit).filter { $0.tokens.count > 0 }
    guard let low = rows.map(\.tokens.min).min(), let high = rows.map(\.tokens.max).max() else { return [] }
    let width = max(1, ((high - low + 1) / Double(bars)).rounded(.up))
    return rows.enumerated().map { index, row in
      var counts: [Int: Int] = [:]
      for (number, count) in row.tokens.numbers { counts[Int((number - low) / width), default: 0] += count }
      let marks = counts.sorted { $0.key < $1.key }.map { bin, count in
        let from = low + Double(bin) * width
        let range = width == 1 ? from.shortest : "\(from.shortest) to \((from + width - 1).shortest)"
        return Mark(
          .bar(ChartPoint(from - 0.5, 0), ChartPoint(from - 0.5 + width, Double(count))), series: row.name,
          figures: "\(row.name): \(range) tokens in \(count) of \(row.tokens.count) pictures")
      }
      let figures = Distribution.shares.map { "\($0.heading) \($0.value(row.tokens).counted)" }.joined(separator: ", ")
      return Chart(
        title: "\(row.name): visual tokens of \(row.tokens.count) pictures",
        summary: "\(title). \(row.name): \(figures).",
        x: Axis("visual tokens", .none, .linear(fromZero: false), including: [low - 0.5, high + 0.5]),
        y: Axis("pictures", isWhole: true), marks: marks,
        notes: [figures] + (index == rows.count - 1 ? omission(rows.count, of: all.count, "reducers") : []))
    }
  }
}
