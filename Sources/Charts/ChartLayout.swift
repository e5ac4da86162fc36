internal import Documents

/// Where everything of a chart stands, for a width in pixels; the height follows.
struct ChartLayout {
  /// In the order in which they are drawn.
  var elements: [ChartElement] = []
  /// The height of all of it.
  var height = 0.0

  let chart: Chart
  let width: Double
  let series: [String]
  let numbers: [String: Int]
  /// The edges of the area that the axes span.
  var left = 0.0, right = 0.0, top = 0.0, bottom = 0.0
  var across: Scale
  var up: Scale
  /// Labels that found no place, and marks without one.
  var unnamed = 0, unplaced = 0
  /// The lines of series.
  var lines: [(name: String, points: [(x: Double, y: Double)])] = []
  /// What stands in front of the categories, by lines; no lines with an axis of numbers.
  var bands: Bands?

  static let margin = 16.0
  static let text = 12.0, small = 11.0
  /// Labels of points are broken into lines of this width.
  static let labelWidth = 170.0

  /// Places everything.
  init(_ chart: Chart, width: Double) {
    self.chart = chart
    self.width = width
    series = chart.series
    numbers = Dictionary(series.enumerated().map { ($1, $0) }) { first, _ in first }
    (across, up) = (.nothing, .nothing)
    height = 12
    write(chart.title, size: 15, line: 20, "ink title", bold: true)
    height += 4
    addLegend()
    addFrame()
    addMarks()
    for note in notes { write(note, size: Self.small, line: 15, "muted small") }
    height += 12
  }

  /// Writes lines over the whole width.
  mutating func write(_ text: String, size: Double, line: Double, _ classes: String, bold: Bool = false) {
    let lines = TextMetrics.lines(text.shown(), width: width - 2 * Self.margin, size: size, bold: bold)
    for text in lines {
      height += line
      elements.append(.text(text, Self.margin, height - 4, .start, classes))
    }
  }

  func number(_ series: String?) -> Int? { series.flatMap { numbers[$0] } }
  func fill(_ series: String?) -> String {
    number(series).map { "f\($0 % Theme.light.series.count)" } ?? "neutral"
  }
  func stroke(_ series: String?) -> String { number(series).map { "s\($0 % Theme.light.series.count)" } ?? "" }
  func lineClasses(_ series: String?) -> String {
    guard let number = number(series) else { return "reference" }
    return "line s\(number % Theme.light.series.count) d\(number / Theme.light.series.count % 4)"
  }
  func sign(_ series: String?) -> Sign {
    let count = Sign.allCases.count
    let number = number(series) ?? 0
    // Where colours come again, signs do not come with them.
    return Sign(rawValue: (number + number / count) % count) ?? .circle
  }

  func position(_ point: ChartPoint) -> (x: Double, y: Double)? {
    guard Scale.holds(point.x, chart.x), let x = across.position(point.x) else { return nil }
    guard bands != nil || Scale.holds(point.y, chart.y) else { return nil }
    guard let bands else { return up.position(point.y).map { (x, $0) } }
    return (x, top + bands.position(point.y))
  }

}
