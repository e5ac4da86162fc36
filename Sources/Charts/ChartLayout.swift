internal import Documents

/// Where everything of a chart stands, for a width in pixels; the height follows.
struct ChartLayout {
  /// In the order in which they are drawn.
  private(set) var elements: [ChartElement] = []
  /// The height of all of it.
  private(set) var height = 0.0

  private let chart: Chart
  private let width: Double
  private let series: [String]
  private let numbers: [String: Int]
  /// The edges of the area that the axes span.
  private var left = 0.0, right = 0.0, top = 0.0, bottom = 0.0
  private var across: Scale
  private var up: Scale
  /// What stands in front of the categories, by lines; no lines with an axis of numbers.
  private var bands: Bands?

  static let margin = 16.0
  private static let text = 12.0, small = 11.0
  /// Labels of points are broken into lines of this width.
  private static let labelWidth = 170.0

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
  private mutating func write(_ text: String, size: Double, line: Double, _ classes: String, bold: Bool = false) {
    let lines = TextMetrics.lines(text.shown(), width: width - 2 * Self.margin, size: size, bold: bold)
    for text in lines {
      height += line
      elements.append(.text(text, Self.margin, height - 4, .start, classes))
    }
  }

  // MARK: The legend

  private mutating func addLegend() {
    let named = series.map { (text: $0, key: nil as Chart.Key?) } + chart.keys.map { (text: $0.text, key: $0) }
    var x = Self.margin
    guard !named.isEmpty else { return }
    height += 18
    for (text, key) in named {
      let limit = width - 2 * Self.margin - 20
      let lines = TextMetrics.lines(text.shown(), width: limit, size: Self.text)
      let wide = lines.map { TextMetrics.width($0, size: Self.text) }.max() ?? 0
      if x > Self.margin, x + 20 + wide > width - Self.margin {
        x = Self.margin
        height += 18
      }
      addKey(key, of: text, x: x, y: height - 8)
      for (index, line) in lines.enumerated() {
        if index > 0 { height += 16 }
        elements.append(.text(line, x + 20, height - 4))
      }
      x += 20 + wide + 18
    }
    height += 8
  }

  /// The sign of a series, or of a key that is none.
  private mutating func addKey(_ key: Chart.Key?, of name: String, x: Double, y: Double) {
    let marks = key == nil ? chart.marks.filter { $0.series == name } : []
    let line = ChartElement.Shape.line(Segment(x1: x, y1: y, x2: x + 14, y2: y))
    if let key {
      switch key.style {
      case .reference, .thin:
        elements.append(ChartElement(shape: line, classes: key.style == .thin ? "reference thin" : "reference"))
      case .ring:
        elements.append(ChartElement(shape: .sign(.circle, x: x + 7, y: y, radius: 6), classes: "ring"))
        elements.append(ChartElement(shape: .sign(.circle, x: x + 7, y: y, radius: 3.5), classes: "neutral mark"))
      case .solid, .faint:
        let box = Box(x: x, y: y - (key.style == .faint ? 6 : 3), width: 14, height: key.style == .faint ? 12 : 6)
        elements.append(ChartElement(shape: .box(box), classes: "neutral \(key.style == .faint ? "faint" : "")"))
      }
      return
    }
    func has(_ test: (Mark.Shape) -> Bool) -> Bool { marks.contains { $0.style != .thin && test($0.shape) } }
    let isLine = has { if case .line = $0 { true } else { false } }
    if isLine { elements.append(ChartElement(shape: line, classes: lineClasses(name))) }
    if has({ if case .bar = $0 { true } else { false } }) {
      elements.append(
        ChartElement(shape: .box(Box(x: x, y: y - 6, width: 14, height: 12)), classes: "\(fill(name)) mark"))
    } else if has({ if case .point = $0 { true } else { false } }) {
      elements.append(
        ChartElement(shape: .sign(sign(name), x: x + 7, y: y, radius: 4.5), classes: "\(fill(name)) mark"))
    }
  }

  private func number(_ series: String?) -> Int? { series.flatMap { numbers[$0] } }
  private func fill(_ series: String?) -> String {
    number(series).map { "f\($0 % Theme.light.series.count)" } ?? "neutral"
  }
  private func lineClasses(_ series: String?) -> String {
    guard let number = number(series) else { return "reference" }
    return "line s\(number % Theme.light.series.count) d\(number / Theme.light.series.count % 4)"
  }
  private func sign(_ series: String?) -> Sign {
    let count = Sign.allCases.count
    let number = number(series) ?? 0
    // Where colours come again, signs do not come with them.
    return Sign(rawValue: (number + number / count) % count) ?? .circle
  }

  // MARK: The axes

  /// The values of all marks on an axis that have a place there.
  private func values(_ axis: Axis, _ value: (ChartPoint) -> Double) -> [Double] {
    (chart.marks.flatMap { $0.points.map(value) } + axis.including).filter { Scale.holds($0, axis) }
  }

  private mutating func addFrame() {
    let names: [String]? = if case .categories(let names) = chart.y.scale { names } else { nil }
    if let names {
      bands = Bands(names, width: width)
      top = height + 4
      bottom = top + (bands?.height ?? 0)
      left = Self.margin + (bands?.margin ?? 0)
    } else {
      let plot = (width * 0.56).rounded().clamped(to: 250...400)
      height += 18
      top = height + 8
      bottom = top + plot
      let values = values(chart.y, \.y)
      up = Scale(values, chart.y, from: bottom, to: top, spacing: { _ in 26 })
      let labels = up.ticks.map { TextMetrics.width($0.label, size: Self.text) }
      left = Self.margin + (labels.max() ?? 0) + 8
      elements.append(.text(up.title, Self.margin, height - 6, .start, "muted"))
    }
    // What stands at the ends of bars needs room beside them.
    let ends = chart.marks.compactMap { mark -> Double? in
      guard case .bar = mark.shape, names != nil, let label = mark.label else { return nil }
      return TextMetrics.width(label.shown(), size: Self.text) + 8
    }
    let values = values(chart.x, \.x)
    right = width - Self.margin - max(ends.max() ?? 0, 24)
    across = Scale(
      values, chart.x, from: left, to: max(right, left + 40),
      spacing: { TextMetrics.width($0.label, size: Self.text) + 14 })
    let overhang = across.ticks.last.map { TextMetrics.width($0.label, size: Self.text) / 2 } ?? 0
    if right + overhang > width - 4 {
      right = width - 4 - overhang
      across.end = right
    }
    right = across.end
    addTicks(names)
  }

  private mutating func addTicks(_ names: [String]?) {
    for tick in across.ticks {
      guard let x = across.position(tick.value) else { continue }
      elements.append(ChartElement(shape: .line(Segment(x1: x, y1: top, x2: x, y2: bottom)), classes: "grid"))
      var label = ChartElement.text(tick.label, x, bottom + 16, .middle, "muted tick")
      label.data = [("x", tick.value)]
      elements.append(label)
    }
    for tick in up.ticks where names == nil {
      guard let y = up.position(tick.value) else { continue }
      elements.append(ChartElement(shape: .line(Segment(x1: left, y1: y, x2: right, y2: y)), classes: "grid"))
      var label = ChartElement.text(tick.label, left - 8, y + 4, .end, "muted tick")
      label.data = [("y", tick.value)]
      elements.append(label)
    }
    if let bands {
      for (index, lines) in bands.lines.enumerated() {
        for (number, line) in lines.enumerated() {
          let place = bands.label(index, line: number)
          elements.append(.text(line, place.x ?? left - 8, top + place.y, place.x == nil ? .end : .start))
        }
      }
    }
    height = bottom + 22
    if TextMetrics.width(across.title.shown(), size: Self.text) < right - left {
      height += 17
      elements.append(.text(across.title.shown(), (left + right) / 2, height - 4, .middle, "muted"))
    } else {
      write(across.title, size: Self.text, line: 17, "muted")
    }
    height += 4
  }

  private func position(_ point: ChartPoint) -> (x: Double, y: Double)? {
    guard Scale.holds(point.x, chart.x), let x = across.position(point.x) else { return nil }
    guard bands != nil || Scale.holds(point.y, chart.y) else { return nil }
    guard let bands else { return up.position(point.y).map { (x, $0) } }
    return (x, top + bands.position(point.y))
  }

  // MARK: The marks

  /// Labels that found no place, and marks without one.
  private var unnamed = 0, unplaced = 0

  private var notes: [String] {
    chart.notes
      + (unnamed > 0 ? ["\(unnamed) label\(unnamed == 1 ? "" : "s") found no room; tables have all figures."] : [])
      + (unplaced > 0
        ? [
          "\(unplaced) mark\(unplaced == 1 ? " has" : "s have") no place on these axes: out of all bounds or, on a "
            + "logarithmic axis, zero or less."
        ] : [])
  }

  private mutating func addMarks() {
    var placer = LabelPlacer(bounds: Box(x: left + 1, y: top - 4, width: width - 4 - left, height: bottom - top + 3))
    for mark in chart.marks {
      let points = mark.points.compactMap(position)
      guard points.count == mark.points.count else {
        unplaced += 1
        continue
      }
      add(mark, points)
      avoid(mark, points, &placer)
    }
    for mark in chart.marks {
      guard let label = mark.label?.shown(), !label.isEmpty else { continue }
      let points = mark.points.compactMap(position)
      guard points.count == mark.points.count else { continue }
      place(label, of: mark, points, &placer)
    }
  }

  private mutating func add(_ mark: Mark, _ points: [(x: Double, y: Double)]) {
    var element: ChartElement
    switch mark.shape {
    case .point(let point, let radius):
      let (x, y) = points[0]
      if mark.style == .ring {
        elements.append(ChartElement(shape: .sign(.circle, x: x, y: y, radius: radius + 2.5), classes: "ring"))
      }
      element = ChartElement(
        shape: .sign(sign(mark.series), x: x, y: y, radius: radius),
        classes: "\(fill(mark.series)) mark point\(mark.style == .faint ? " faint" : "")")
      element.data = [("x", point.x), ("y", point.y)]
    case .line:
      let classes: String =
        switch mark.style {
        case .reference: "reference"
        case .thin:
          mark.series == nil ? "reference thin" : "s\((number(mark.series) ?? 0) % Theme.light.series.count) thin"
        default: lineClasses(mark.series)
        }
      element = ChartElement(shape: .path(points), classes: classes)
    case .bar(let one, let other):
      let (a, b) = (points[0], points[1])
      let box = Box(x: min(a.x, b.x), y: min(a.y, b.y), width: abs(a.x - b.x), height: abs(a.y - b.y))
      element = ChartElement(
        shape: .box(box), classes: "\(fill(mark.series)) bar\(mark.style == .faint ? " faint" : "")")
      element.data = [("from", one.x), ("to", other.x)]
      if bands == nil { element.data.append(("y", other.y)) }
    }
    element.figures = mark.figures
    elements.append(element)
  }

  private func avoid(_ mark: Mark, _ points: [(x: Double, y: Double)], _ placer: inout LabelPlacer) {
    switch mark.shape {
    case .point(_, let radius): placer.avoid(Self.box(around: points[0], radius + (mark.style == .ring ? 2 : 0)))
    case .line:
      for (a, b) in zip(points, points.dropFirst()) {
        placer.avoid(Segment(x1: a.x, y1: a.y, x2: b.x, y2: b.y), isThin: mark.style == .thin)
      }
    case .bar where bands == nil:
      let (a, b) = (points[0], points[1])
      placer.avoid(Box(x: min(a.x, b.x), y: min(a.y, b.y), width: abs(a.x - b.x), height: abs(a.y - b.y)))
    case .bar: break
    }
  }

  private static func box(around point: (x: Double, y: Double), _ radius: Double) -> Box {
    Box(x: point.x - radius - 1, y: point.y - radius - 1, width: 2 * radius + 2, height: 2 * radius + 2)
  }

  private mutating func place(
    _ label: String, of mark: Mark, _ points: [(x: Double, y: Double)], _ placer: inout LabelPlacer
  ) {
    var lines = [label]
    if case .point = mark.shape { lines = TextMetrics.lines(label, width: Self.labelWidth, size: LabelPlacer.size) }
    let wide = lines.map { TextMetrics.width($0, size: LabelPlacer.size) }.max() ?? 0
    var found: LabelPlacer.Place?
    switch mark.shape {
    case .bar where bands != nil:
      let y = (points[0].y + points[1].y) / 2
      elements.append(.text(label, max(points[0].x, points[1].x) + 6, y + 4))
      return
    case .bar:
      let place = (x: (points[0].x + points[1].x) / 2, y: min(points[0].y, points[1].y))
      found = placer.take(LabelPlacer.places(around: place.x, place.y, radius: 1, width: wide, lines: 1))
    case .point(_, let radius):
      let (x, y) = points[0]
      found = placer.take(LabelPlacer.places(around: x, y, radius: radius, width: wide, lines: lines.count))
    case .line:
      for (a, b) in zip(points, points.dropFirst()) where found == nil {
        found = placer.take(LabelPlacer.places(along: Segment(x1: a.x, y1: a.y, x2: b.x, y2: b.y), width: wide))
      }
    }
    guard let found else {
      unnamed += 1
      return
    }
    if let leader = found.leader { elements.append(ChartElement(shape: .line(leader), classes: "leader")) }
    for (index, line) in lines.enumerated() {
      let y = found.y + Double(index) * LabelPlacer.lineHeight
      elements.append(.text(line, found.x, y, found.anchor, "ink small"))
    }
  }
}

extension Double {
  fileprivate func clamped(to range: ClosedRange<Double>) -> Double {
    Swift.min(Swift.max(self, range.lowerBound), range.upperBound)
  }
}
