internal import Documents

extension ChartLayout {
  var notes: [String] {
    chart.notes
      + coincident.map { "These lie on one another: \($0.joined(separator: "; "))." }
      + (unnamed > 0 ? ["\(unnamed) label\(unnamed == 1 ? "" : "s") found no room; tables have all figures."] : [])
      + (unplaced > 0
        ? [
          "\(unplaced) mark\(unplaced == 1 ? " has" : "s have") no place on these axes: out of all bounds or, on a "
            + "logarithmic axis, zero or less."
        ] : [])
  }

  /// Lines of which nobody sees both, by their names: nowhere farther from each other than a line is wide.
  private var coincident: [[String]] {
    var groups: [(names: [String], points: [(x: Double, y: Double)])] = []
    for line in lines {
      let same = groups.firstIndex { group in
        group.points.count == line.points.count
          && zip(group.points, line.points).allSatisfy { abs($0.x - $1.x) <= 2 && abs($0.y - $1.y) <= 2 }
      }
      if let same, !groups[same].names.contains(line.name) {
        groups[same].names.append(line.name)
      } else if same == nil {
        groups.append(([line.name], line.points))
      }
    }
    return groups.map(\.names).filter { $0.count > 1 }
  }

  mutating func addMarks() {
    var placer = LabelPlacer(bounds: Box(x: left + 1, y: top - 4, width: width - 4 - left, height: bottom - top + 3))
    for mark in chart.marks {
      let points = mark.points.compactMap(position)
      guard points.count == mark.points.count else {
        unplaced += 1
        continue
      }
      add(mark, points)
      if case .line = mark.shape, mark.style == .solid, let name = mark.series { lines.append((name, points)) }
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
        elements.append(
          ChartElement(
            shape: .sign(.circle, x: x, y: y, radius: radius + Mark.ringDistance),
            classes: "ring \(stroke(mark.series))"))
      }
      element = ChartElement(
        shape: .sign(sign(mark.series), x: x, y: y, radius: radius),
        classes: "\(fill(mark.series)) mark point\(mark.style == .faint ? " faint" : "")")
      element.data = [("x", point.x), ("y", point.y)]
    case .line:
      let classes: String =
        switch mark.style {
        case .reference: "reference"
        case .thin: mark.series == nil ? "reference thin" : "\(stroke(mark.series)) thin"
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
    case .point(_, let radius): placer.avoid(Self.box(around: points[0], radius + mark.rim))
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
      found = placer.take(LabelPlacer.places(around: x, y, radius: radius + mark.rim, width: wide, lines: lines.count))
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

extension Mark {
  /// How far outside of a point its ring runs, and how far that reaches.
  fileprivate static let ringDistance = 2.5
  fileprivate var rim: Double { style == .ring ? Self.ringDistance + 1 : 0 }
}
