internal import Architectures
internal import Charts
internal import Estimation
internal import Hardware
internal import Operators
internal import Quantities
internal import Questions

extension Chart {
  /// More rows are not drawn.
  private static let rowLimit = 40

  /// The stages of every row one after the other; in each bar of expected times lies one of the ideal times.
  ///
  /// Of too many rows in no order of somebody's the fastest are drawn, fastest first: slow ones would leave them no width.
  static func stages(_ all: [RowFigures], title: String) -> Chart {
    let isOrdered = all.count <= rowLimit || all.contains { $0.rank != nil }
    var rows = Array(
      (isOrdered ? all : all.sorted { $0.estimate.drawnSeconds < $1.estimate.drawnSeconds }).prefix(rowLimit))
    var names = RowNames(&rows).names
    if names.count == 1 { names = ["\(rows[0].estimate.hardware.name), \(rows[0].estimate.precision.name)"] }
    let hasRequest = rows.contains { $0.estimate.decode != nil }
    var marks: [Mark] = []
    var sentences: [String] = []
    for (index, row) in rows.enumerated() {
      let (parts, y) = (row.estimate.drawnStages, Double(index))
      var (start, ideal) = (0.0, 0.0)
      for part in parts {
        let figures = "\(names[index]), \(part.name): \(part.expected) expected, \(part.ideal) ideal"
        let end = start + part.expected.value
        marks.append(
          Mark(
            .bar(ChartPoint(start, y - 0.4), ChartPoint(end, y + 0.4)), series: part.name, style: .faint,
            figures: figures))
        marks.append(
          Mark(
            .bar(ChartPoint(start, y - 0.18), ChartPoint(start + part.ideal.value, y + 0.18)), series: part.name,
            figures: figures))
        start = end
        ideal += part.ideal.value
      }
      let misfit = row.estimate.fits == false ? ", does not fit" : ""
      let label = "\(Seconds(start)) (ideal \(Seconds(ideal))\(misfit))"
      if !parts.isEmpty { marks[marks.count - 2].label = label }
      sentences.append("\(names[index]): \(label).")
    }
    let what =
      hasRequest
      ? "the whole request" : rows.contains { $0.estimate.hasLanguage } ? "until the first token" : "the forward pass"
    return Chart(
      title: "\(title): \(what), stage by stage", summary: sentences.joined(separator: " "),
      x: Axis("time", .seconds), y: Axis("", .none, .categories(names)), marks: marks,
      keys: [Key(.faint, "expected"), Key(.solid, "ideal")],
      notes: omission(rows.count, of: all.count, "rows", which: isOrdered ? "first" : "fastest"))
  }
}

extension Estimate {
  /// What is drawn of it altogether.
  fileprivate var drawnSeconds: Double { drawnStages.reduce(0) { $0 + $1.expected.value } }

  /// The stages as they are drawn, with what the host takes before them and all steps of decoding as one.
  fileprivate var drawnStages: [(name: String, expected: Seconds, ideal: Seconds)] {
    (hostSeconds > .zero ? [("host", hostSeconds, .zero)] : [])
      + stages.map { ($0.stage.rawValue, $0.expectedSeconds, $0.price.seconds) }
      + (decode.map { [(Stage.decode.rawValue, $0.expectedSeconds, $0.price.seconds)] } ?? [])
  }
}
