internal import Architectures
internal import Charts
internal import Documents
internal import Estimation
internal import Hardware
internal import Quantities
internal import Questions

extension Chart {
  /// More points are not named.
  private static let nameLimit = 30

  /// Rows by two figures, as the points of a front: from each to the next better one in the first figure.
  static func front(_ all: [RowFigures], _ x: Questions.Column, _ y: Questions.Column, title: String) -> Chart {
    var rows = all
    let devices = RowNames(
      &rows, except: Set(AnswerSummary.asked(of: rows).map(\.key)).subtracting(["model", "hardware"]))
    let names = RowNames(&rows, except: ["model", "hardware"])
    var points: [(point: ChartPoint, row: Int)] = []
    for index in rows.indices {
      guard let first = x.number(&rows[index]), let second = y.number(&rows[index]) else { continue }
      points.append((ChartPoint(first, second), index))
    }
    points.sort { ($0.point.x, $0.point.y) < ($1.point.x, $1.point.y) }
    var marks = [Mark(.line(points.map(\.point)), style: .reference)]
    var sentences: [String] = []
    for (point, index) in points {
      let figures = "\(x.heading) \(x.cell(&rows[index])), \(y.heading) \(y.cell(&rows[index]))"
      let place = [devices.names[index], names.names[index]].filter { !$0.isEmpty }.joined(separator: ", ")
      let series = devices.names[index].isEmpty ? rows[index].estimate.hardware.name : devices.names[index]
      marks.append(
        Mark(
          .point(point, radius: 5), series: series, style: rows[index].markStyle,
          label: marks.count <= nameLimit ? names.names[index] : nil, figures: "\(place): \(figures)"))
      if sentences.count < 8 { sentences.append("\(place.isEmpty ? series : place): \(figures).") }
    }
    return Chart(
      title: "\(title): the front of \(x.heading) and \(y.heading)",
      summary: "\(points.count) rows than which none is better in both. \(sentences.joined(separator: " "))",
      x: Axis(x.axisTitle, x.axisUnit, scale(points.map(\.point.x))),
      y: Axis(y.axisTitle, y.axisUnit, scale(points.map(\.point.y))), marks: marks, keys: ringKey(rows))
  }

  static func scale(_ numbers: [Double]) -> Axis.Scale {
    guard let low = numbers.min(), let high = numbers.max(), low > 0, high / low > 20 else {
      return .linear(fromZero: false)
    }
    return .logarithmic
  }
}
