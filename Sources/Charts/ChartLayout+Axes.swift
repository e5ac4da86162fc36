internal import Documents

extension ChartLayout {
  /// The values of all marks on an axis that have a place there.
  private func values(_ axis: Axis, _ value: (ChartPoint) -> Double) -> [Double] {
    (chart.marks.flatMap { $0.points.map(value) } + axis.including).filter { Scale.holds($0, axis) }
  }

  mutating func addFrame() {
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
}

extension Double {
  fileprivate func clamped(to range: ClosedRange<Double>) -> Double {
    Swift.min(Swift.max(self, range.lowerBound), range.upperBound)
  }
}
