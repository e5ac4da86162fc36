internal import Architectures
internal import Charts
internal import Documents
internal import Estimation
internal import Quantities
internal import Questions
internal import Reproduction

extension Chart {
  /// Visual tokens against time, a point a row and, where a paper prints enough of them, accuracy against time.
  static func reducers(_ all: [RowFigures], title: String) -> [Chart] {
    guard let time = Column.all.first(where: { $0.key == "expected_total_seconds" }),
      let tokens = Column.all.first(where: { $0.key == "mean_visual_tokens" })
    else { return [] }
    let first = points(
      all, tokens, time, title: "\(title): what is left and how long it takes", y: "time until the first token")
    let accuracies = Column.paper.dropFirst(2).compactMap { column -> (column: Questions.Column, count: Int)? in
      var rows = all
      let count = rows.indices.count { column.number(&rows[$0]) != nil }
      return count > 1 ? (column, count) : nil
    }
    guard let most = accuracies.map(\.count).max(), let accuracy = accuracies.first(where: { $0.count == most })?.column
    else { return [first] }
    var second = points(
      all, time, accuracy, title: "\(title): accuracy, as the PruMerge paper prints it, over time",
      x: "time until the first token", y: String(accuracy.heading.prefix { $0 != "*" }))
    second.notes += [
      "Accuracies are the paper's row of the same method whose number of tokens is nearest; none was measured here. "
        + "\(most) of \(all.count) rows have one."
    ]
    return [first, second]
  }

  /// Rows by two figures, named by their reducers.
  private static func points(
    _ all: [RowFigures], _ x: Questions.Column, _ y: Questions.Column, title: String, x xTitle: String? = nil,
    y yTitle: String
  ) -> Chart {
    var rows = all
    let settings = RowNames(&rows, except: ["reducer", "visual_tokens"])
    var marks: [Mark] = []
    var whole: [Mark] = []
    // Methods by their names alone, where that tells them apart.
    let methods = rows.map { row in row.estimate.reducerName.map(method) ?? "all tokens" }
    let isPlain = Set(zip(methods, settings.names).map { "\($0), \($1)" }).count == rows.count
    for index in rows.indices {
      guard let first = x.number(&rows[index]), let second = y.number(&rows[index]) else { continue }
      let name = rows[index].estimate.reducerName ?? "all tokens"
      let figures =
        "\(name): \(tokensText(rows[index])), \(rows[index].estimate.expectedTotalSeconds)"
        + (y.kind == .number ? ", \(yTitle) \(second.shortest)" : "")
      let mark = Mark(
        .point(ChartPoint(first, second), radius: 5),
        series: settings.names[index].isEmpty ? nil : settings.names[index], style: rows[index].markStyle,
        label: isPlain ? methods[index] : name, figures: figures)
      if rows[index].estimate.reducerName == nil { whole.append(mark) } else { marks.append(mark) }
    }
    let isFar = crowds(marks, beside: whole)
    let notes = isFar ? ["Far outside of the picture: \(whole.compactMap(\.figures).joined(separator: "; "))."] : []
    marks = merged(isFar ? marks : marks + whole)
    if marks.allSatisfy({ $0.series == nil }) { for index in marks.indices { marks[index].series = "a reducer" } }
    return Chart(
      title: title, summary: marks.prefix(20).compactMap(\.figures).map { "\($0)." }.joined(separator: " "),
      x: Axis(xTitle ?? x.about, x.axisUnit, .linear(fromZero: false)),
      y: Axis(yTitle, y.axisUnit, .linear(fromZero: false)), marks: marks, keys: ringKey(rows), notes: notes)
  }

  /// Whether points would be pressed into a corner if others were drawn with them.
  private static func crowds(_ marks: [Mark], beside others: [Mark]) -> Bool {
    let points = marks.compactMap(place), all = points + others.compactMap(place)
    return [\ChartPoint.x, \ChartPoint.y].contains { axis in
      func span(_ points: [ChartPoint]) -> Double {
        (points.map { $0[keyPath: axis] }.max() ?? 0) - (points.map { $0[keyPath: axis] }.min() ?? 0)
      }
      return points.count > 2 && span(all) > 3 * span(points)
    }
  }

  private static func place(_ mark: Mark) -> ChartPoint? {
    if case .point(let point, _) = mark.shape { point } else { nil }
  }

  /// Marks of which some lie on one another as one with all their names.
  private static func merged(_ marks: [Mark]) -> [Mark] {
    var merged: [Mark] = []
    for mark in marks {
      let same = merged.firstIndex { other in
        guard other.series == mark.series, other.style == mark.style, let a = place(other), let b = place(mark) else {
          return false
        }
        return abs(a.x - b.x) <= 1e-3 * abs(a.x) && abs(a.y - b.y) <= 1e-3 * abs(a.y)
      }
      guard let same else {
        merged.append(mark)
        continue
      }
      merged[same].label = [merged[same].label, mark.label].compactMap(\.self).joined(separator: ", ")
      merged[same].figures = [merged[same].figures, mark.figures].compactMap(\.self).joined(separator: "; ")
    }
    return merged
  }

  /// The methods of a chain without their settings: `prumerge/fastv`.
  private static func method(_ name: String) -> String {
    name.split(separator: "/").map { String($0.prefix { $0 != ":" }) }.joined(separator: "/")
  }

  private static func tokensText(_ row: RowFigures) -> String { "\(row.estimate.visualTokens) visual tokens" }
}
