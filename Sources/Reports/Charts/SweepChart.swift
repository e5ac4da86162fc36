internal import Architectures
internal import Charts
internal import Documents
internal import Estimation
internal import Quantities
internal import Questions

/// A figure over a quantity that is swept.
struct SweepChart {
  /// The quantity, one of those that are asked.
  let swept: Questions.Column
  /// What is drawn over it.
  let figure: Questions.Column

  /// More lines are not drawn: their colours and signs would come again.
  private static let lineLimit = 12

  /// What some rows sweep: the numbers of which they have most; nil if they have fewer than `least` of each.
  init?(_ rows: inout [RowFigures], named: [Questions.Column], least: Int = 3) {
    var best: (column: Questions.Column, count: Int)?
    let isLoad = rows.contains { $0.load != nil }
    let loads = isLoad ? Column.load.filter { ["rate", "concurrency"].contains($0.key) } : []
    for column in loads + RowNames.differing(&rows).filter({ $0.kind == .count }) {
      let numbers = Set(rows.indices.compactMap { column.number(&rows[$0]) })
      if numbers.count > best?.count ?? (least - 1) { best = (column, numbers.count) }
    }
    guard let best else { return nil }
    swept = best.column
    let hasLanguage = rows.contains { $0.estimate.hasLanguage }
    // What is generated does not touch the first token.
    let time = swept.key == "output_tokens" ? "expected_request_seconds" : "expected_time_to_first_token_seconds"
    let usual = isLoad ? "ttft_p95_seconds" : hasLanguage ? time : "expected_total_seconds"
    let numeric = named.filter { !$0.isAsked && ![.text, .boolean, .records].contains($0.kind) && $0.key != "rank" }
    var figure = numeric.first { column in rows.indices.contains { column.number(&rows[$0]) != nil } }
    figure = figure ?? (isLoad ? Column.load : Column.all).first { $0.key == usual }
    guard let figure else { return nil }
    self.figure = figure
  }

  /// The chart of some rows.
  func chart(_ all: [RowFigures], title: String) -> Chart {
    var rows = all
    var except: Set<String> = ["rate", "concurrency"].contains(swept.key) ? [swept.key, "load"] : [swept.key]
    if swept.key == "visual_tokens", let source = Self.source(of: &rows) { except.insert(source) }
    let names = RowNames(&rows, except: except)
    let shown = names.distinct.prefix(Self.lineLimit)
    let ideal =
      shown.count <= 4 && figure.key.hasPrefix("expected_")
      ? Column.all.first { $0.key == figure.key.dropFirst("expected_".count) } : nil
    var marks: [Mark] = []
    var xs: [Double] = [], ys: [Double] = []
    for name in shown {
      let line = rows.indices.filter { names.names[$0] == name }
      let points = self.points(of: line, &rows, ideal)
      marks += self.marks(of: points, named: name, &rows)
      (xs, ys) = (xs + points.map(\.point.x), ys + points.map(\.point.y))
    }
    let hasIdeal = marks.contains { $0.style == .thin }
    let range = ys.min().flatMap { low in ys.max().map { (low, $0) } }
    let words = range.map { low, high in "\(figure.heading) from \(text(low)) to \(text(high))" } ?? figure.heading
    return Chart(
      title: "\(title): \(figure.heading) by \(swept.about)",
      summary:
        "\(shown.count) line\(shown.count == 1 ? "" : "s") over \(Set(xs).count) values of \(swept.about): \(words).",
      x: Axis(swept.about, .none, Self.scale(xs, few: false)),
      y: Axis(figure.axisTitle, figure.axisUnit, Self.scale(ys, few: true)), marks: marks,
      keys: (hasIdeal ? [Chart.Key(.thin, "the same at best (ideal)")] : []) + Chart.ringKey(rows),
      notes: Chart.omission(shown.count, of: names.distinct.count, "lines"))
  }

  /// A point of a line: where it lies, its figure at best, and its row.
  private typealias SweepPoint = (point: ChartPoint, ideal: Double?, row: Int)

  /// The points of some rows, along the quantity that is swept.
  private func points(of line: [Int], _ rows: inout [RowFigures], _ ideal: Questions.Column?) -> [SweepPoint] {
    var points: [SweepPoint] = []
    for index in line {
      guard let x = swept.number(&rows[index]), let y = figure.number(&rows[index]) else { continue }
      points.append((ChartPoint(x, y), ideal?.number(&rows[index]), index))
    }
    return points.sorted { $0.point.x < $1.point.x }
  }

  /// A line with its points and, where there is one, its line at best.
  private func marks(of points: [SweepPoint], named name: String, _ rows: inout [RowFigures]) -> [Mark] {
    let series = name.isEmpty ? figure.heading : name
    var marks = [Mark(.line(points.map(\.point)), series: series)]
    let bound = points.compactMap { entry in entry.ideal.map { ChartPoint(entry.point.x, $0) } }
    if bound.count > 1 { marks.append(Mark(.line(bound), series: series, style: .thin)) }
    for (point, _, index) in points {
      let cell = figure.cell(&rows[index])
      let remark = rows[index].estimate.fits == false ? ", does not fit into memory" : ""
      let place = "\(name.isEmpty ? "" : "\(name), ")\(swept.heading) \(point.x.shortest)"
      marks.append(
        Mark(
          .point(point, radius: points.count > 40 ? 2.5 : 4), series: series, style: rows[index].markStyle,
          figures: "\(place): \(figure.heading) \(cell)\(remark)"))
    }
    return marks
  }

  /// What the number of visual tokens comes from, of what differs that with the most values: its rows are told apart by
  /// that number.
  private static func source(of rows: inout [RowFigures]) -> String? {
    let sources = ["reducer", "image_size", "frames", "max_pixels"]
    var best: (key: String, count: Int)?
    for column in RowNames.differing(&rows) where sources.contains(column.key) {
      let count = Set(rows.indices.map { column.value(of: &rows[$0]) }).count
      if count > best?.count ?? 1 { best = (column.key, count) }
    }
    return best?.key
  }

  private func text(_ number: Double) -> String {
    figure.kind.quantity.map { $0.init(number).description } ?? number.shortest
  }

  /// Logarithmic for numbers that grow by factors or, of figures, span a wide range.
  private static func scale(_ numbers: [Double], few isFigure: Bool) -> Axis.Scale {
    let sorted = Set(numbers).sorted()
    guard let first = sorted.first, let last = sorted.last, first > 0, sorted.count > 2 else {
      return .linear(fromZero: true)
    }
    let grows = zip(sorted, sorted.dropFirst()).allSatisfy { $1 / $0 > 1.45 }
    return (isFigure ? last / first > 60 : grows && last / first > 8) ? .logarithmic : .linear(fromZero: true)
  }
}
