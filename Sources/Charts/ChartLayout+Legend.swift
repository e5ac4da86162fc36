internal import Documents

extension ChartLayout {
  /// How wide the signs are: a dashed line shows its dashes on both sides of a point.
  private static let keyWidth = 30.0

  mutating func addLegend() {
    let named = series.map { (text: $0, key: nil as Chart.Key?) } + chart.keys.map { (text: $0.text, key: $0) }
    var x = Self.margin
    guard !named.isEmpty else { return }
    height += 18
    for (text, key) in named {
      let limit = width - 2 * Self.margin - Self.keyWidth - 6
      let lines = TextMetrics.lines(text.shown(), width: limit, size: Self.text)
      let wide = lines.map { TextMetrics.width($0, size: Self.text) }.max() ?? 0
      if x > Self.margin, x + Self.keyWidth + 6 + wide > width - Self.margin {
        x = Self.margin
        height += 18
      }
      addKey(key, of: text, x: x, y: height - 8)
      for (index, line) in lines.enumerated() {
        if index > 0 { height += 16 }
        elements.append(.text(line, x + Self.keyWidth + 6, height - 4))
      }
      x += Self.keyWidth + 6 + wide + 18
    }
    height += 8
  }

  /// The sign of a series, or of a key that is none.
  private mutating func addKey(_ key: Chart.Key?, of name: String, x: Double, y: Double) {
    let marks = key == nil ? chart.marks.filter { $0.series == name } : []
    let line = ChartElement.Shape.line(Segment(x1: x, y1: y, x2: x + Self.keyWidth, y2: y))
    if let key {
      switch key.style {
      case .reference, .thin:
        elements.append(ChartElement(shape: line, classes: key.style == .thin ? "reference thin" : "reference"))
      case .ring:
        elements.append(ChartElement(shape: .sign(.circle, x: x + Self.keyWidth / 2, y: y, radius: 6), classes: "ring"))
        elements.append(
          ChartElement(shape: .sign(.circle, x: x + Self.keyWidth / 2, y: y, radius: 3.5), classes: "neutral mark"))
      case .solid, .faint:
        let box = Box(
          x: x, y: y - (key.style == .faint ? 6 : 3), width: Self.keyWidth, height: key.style == .faint ? 12 : 6)
        elements.append(ChartElement(shape: .box(box), classes: "neutral \(key.style == .faint ? "faint" : "")"))
      }
      return
    }
    let isThin = !marks.isEmpty && marks.allSatisfy { $0.style == .thin }
    if isThin { elements.append(ChartElement(shape: line, classes: "\(stroke(name)) thin")) }
    func has(_ test: (Mark.Shape) -> Bool) -> Bool { marks.contains { $0.style != .thin && test($0.shape) } }
    let isLine = has { if case .line = $0 { true } else { false } }
    if isLine { elements.append(ChartElement(shape: line, classes: lineClasses(name))) }
    if has({ if case .bar = $0 { true } else { false } }) {
      elements.append(
        ChartElement(shape: .box(Box(x: x, y: y - 6, width: Self.keyWidth, height: 12)), classes: "\(fill(name)) mark"))
    } else if has({ if case .point = $0 { true } else { false } }) {
      elements.append(
        ChartElement(
          shape: .sign(sign(name), x: x + Self.keyWidth / 2, y: y, radius: 4.5), classes: "\(fill(name)) mark"))
    }
  }
}
