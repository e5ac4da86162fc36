internal import Documents
internal import Quantities

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A chart of labelled points in a plane, as SVG.
public struct ScatterChart: Sendable, Hashable {
  /// A labelled point.
  public struct Point: Sendable, Hashable {
    /// Its value on the horizontal axis.
    public var x: Double
    /// Its value on the vertical axis.
    public var y: Double
    /// What is written beside it; points without are drawn small.
    public var label: String
    /// Points of one series share a colour and a line in the legend.
    public var series: String

    /// A point of a series.
    public init(x: Double, y: Double, label: String, series: String) {
      self.x = x
      self.y = y
      self.label = label
      self.series = series
    }
  }

  /// What stands above the chart.
  public var title: String
  /// What the horizontal axis shows, with its unit.
  public var xTitle: String
  /// What the vertical axis shows, with its unit.
  public var yTitle: String
  /// What is drawn, in this order. On logarithmic axes the values are decimal logarithms.
  public var points: [Point]
  /// Whether the horizontal axis is logarithmic.
  public var logarithmicX: Bool
  /// Whether the vertical axis is logarithmic.
  public var logarithmicY: Bool
  /// Whether a line marks where both values are equal.
  public var diagonal: Bool

  /// A chart of finite points; on a logarithmic axis, of those above zero.
  public init(
    title: String, xTitle: String, yTitle: String, points: [Point], logarithmicX: Bool = false,
    logarithmicY: Bool = false, diagonal: Bool = false
  ) {
    self.diagonal = diagonal
    self.title = title
    self.xTitle = xTitle
    self.yTitle = yTitle
    self.logarithmicX = logarithmicX
    self.logarithmicY = logarithmicY
    self.points = points.map { point in
      var point = point
      if logarithmicX { point.x = log10(point.x) }
      if logarithmicY { point.y = log10(point.y) }
      return point
    }.filter { $0.x.isFinite && $0.y.isFinite }
  }

  private static let width = 760.0
  private static let height = 440.0
  private static let left = 70.0
  private static let right = 24.0
  private static let top = 64.0
  private static let bottom = 56.0
  private static let colors = ["#1f6fb4", "#d1541f", "#3a923a", "#7d4fa8", "#8c564b", "#555555"]

  /// The chart as an SVG document.
  public var svg: String {
    let xs = points.map(\.x) + (logarithmicX ? [] : [0])
    let xAxis = Axis(xs, pixels: Self.left...(Self.width - Self.right), logarithmic: logarithmicX)
    let yAxis = Axis(
      points.map(\.y), pixels: Self.top...(Self.height - Self.bottom), flipped: true, logarithmic: logarithmicY)
    var lines = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(Self.width.shortest) \(Self.height.shortest)\" "
        + "font-family=\"Helvetica, Arial, sans-serif\" font-size=\"12\">",
      "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>",
      text(title, x: Self.left, y: 24, size: 15, weight: "bold"),
    ]
    lines += grid(xAxis, yAxis) + equality(xAxis, yAxis) + legend() + marks(xAxis, yAxis)
    return (lines + ["</svg>"]).joined(separator: "\n") + "\n"
  }

  private var series: [String] {
    points.reduce(into: []) { names, point in if !names.contains(point.series) { names.append(point.series) } }
  }

  private func color(_ name: String) -> String {
    Self.colors[(series.firstIndex(of: name) ?? 0) % Self.colors.count]
  }

  private func grid(_ xAxis: Axis, _ yAxis: Axis) -> [String] {
    let (right, bottom) = (Self.width - Self.right, Self.height - Self.bottom)
    var lines: [String] = []
    for tick in xAxis.ticks {
      let x = xAxis.position(tick)
      lines.append(line(x, Self.top, x, bottom))
      lines.append(text(xAxis.label(tick), x: x, y: bottom + 18, anchor: "middle"))
    }
    for tick in yAxis.ticks {
      let y = yAxis.position(tick)
      lines.append(line(Self.left, y, right, y))
      lines.append(text(yAxis.label(tick), x: Self.left - 8, y: y + 4, anchor: "end"))
    }
    lines.append(text(xTitle, x: (Self.left + right) / 2, y: Self.height - 14, anchor: "middle"))
    let middle = (Self.top + bottom) / 2
    lines.append(
      "<text transform=\"translate(18 \(middle.fixed(1))) rotate(-90)\" text-anchor=\"middle\">\(escaped(yTitle))</text>"
    )
    return lines
  }

  private func equality(_ xAxis: Axis, _ yAxis: Axis) -> [String] {
    guard diagonal, let x = xAxis.ticks.first, let y = yAxis.ticks.first, let right = xAxis.ticks.last,
      let top = yAxis.ticks.last, max(x, y) < min(right, top)
    else { return [] }
    let (low, high) = (max(x, y), min(right, top))
    return [
      line(xAxis.position(low), yAxis.position(low), xAxis.position(high), yAxis.position(high), color: "#888888")
    ]
  }

  private func legend() -> [String] {
    var x = Self.left
    var lines: [String] = []
    for name in series {
      lines.append("<circle cx=\"\((x + 5).fixed(1))\" cy=\"44\" r=\"5\" fill=\"\(color(name))\"/>")
      lines.append(text(name, x: x + 16, y: 48))
      x += 16 + Label.width(name) + 24
    }
    return lines
  }

  /// The points and, beside each, its label where it hides nothing if there is such a place.
  private func marks(_ xAxis: Axis, _ yAxis: Axis) -> [String] {
    var taken = points.map { point in
      Label.Box(x: xAxis.position(point.x) - 5, y: yAxis.position(point.y) - 5, width: 10, height: 10)
    }
    var lines: [String] = []
    for point in points {
      let (x, y) = (xAxis.position(point.x), yAxis.position(point.y))
      let (radius, opacity) = point.label.isEmpty ? ("2", "0.5") : ("5", "0.85")
      lines.append(
        "<circle cx=\"\(x.fixed(1))\" cy=\"\(y.fixed(1))\" r=\"\(radius)\" fill=\"\(color(point.series))\" "
          + "fill-opacity=\"\(opacity)\"/>")
      if point.label.isEmpty { continue }
      let candidates = Label.places(point.label, x: x, y: y).filter {
        $0.box.x > Self.left && $0.box.x + $0.box.width < Self.width && $0.box.y > Self.top - 8
          && $0.box.y + $0.box.height < Self.height - Self.bottom
      }
      let free = candidates.first { place in !taken.contains { $0.overlaps(place.box) } }
      guard let place = free ?? candidates.first else { continue }
      taken.append(place.box)
      if place.isFar { lines.append(line(x, y, place.x, place.y - 4, color: "#999999")) }
      lines.append(text(point.label, x: place.x, y: place.y, size: 11, anchor: place.anchor))
    }
    return lines
  }

  private func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, color: String = "#dddddd") -> String {
    "<line x1=\"\(x1.fixed(1))\" y1=\"\(y1.fixed(1))\" x2=\"\(x2.fixed(1))\" y2=\"\(y2.fixed(1))\" stroke=\"\(color)\"/>"
  }

  private func text(
    _ text: String, x: Double, y: Double, size: Int = 12, anchor: String = "start", weight: String = "normal"
  ) -> String {
    "<text x=\"\(x.fixed(1))\" y=\"\(y.fixed(1))\" font-size=\"\(size)\" text-anchor=\"\(anchor)\" "
      + "font-weight=\"\(weight)\">\(escaped(text))</text>"
  }

  private func escaped(_ text: String) -> String { text.shown(in: .svg) }
}

/// A linear axis with round ticks, or a logarithmic one with powers of ten, that spans its values.
private struct Axis {
  let ticks: [Double]
  private let step: Double
  private let logarithmic: Bool
  private let pixels: ClosedRange<Double>
  private let flipped: Bool

  init(_ values: [Double], pixels: ClosedRange<Double>, flipped: Bool = false, logarithmic: Bool = false) {
    let low = values.min() ?? 0
    let high = max(values.max() ?? 1, low + 1e-9)
    let rough = (high - low) / 5
    var power = 1.0
    while power * 10 <= rough { power *= 10 }
    while power > rough { power /= 10 }
    let step = logarithmic ? 1 : power * ([1.0, 2, 5, 10].first { power * $0 >= rough } ?? 10)
    let first = (low / step).rounded(.down)
    let last = (high / step).rounded(.up)
    ticks = stride(from: first, through: max(last, first + 1), by: 1).map { $0 * step }
    self.step = step
    self.logarithmic = logarithmic
    self.pixels = pixels
    self.flipped = flipped
  }

  func position(_ value: Double) -> Double {
    guard let first = ticks.first, let last = ticks.last else { return pixels.lowerBound }
    let share = (value - first) / (last - first)
    return pixels.lowerBound + (flipped ? 1 - share : share) * (pixels.upperBound - pixels.lowerBound)
  }

  func label(_ tick: Double) -> String {
    if logarithmic { return pow(10, tick).shortest }
    return tick.fixed(step >= 1 ? 0 : step >= 0.1 ? 1 : 2)
  }
}

/// Where the text beside a point may stand.
private enum Label {
  /// A rectangle that a mark or a text covers.
  struct Box {
    var x, y, width, height: Double

    func overlaps(_ other: Box) -> Bool {
      x < other.x + other.width && other.x < x + width && y < other.y + other.height && other.y < y + height
    }
  }

  /// A position of the text's baseline, and what it covers there.
  struct Place {
    var x, y: Double
    var anchor: String
    var box: Box
    /// Whether the text is so far off that a line should lead to it.
    var isFar: Bool
  }

  /// About how wide a text of 11 pixels is.
  static func width(_ text: String) -> Double { Double(text.count) * 6.2 }

  /// Right, left, above and below of the point, then ever farther up and down on both sides.
  static func places(_ text: String, x: Double, y: Double) -> [Place] {
    let width = width(text)
    func place(_ dx: Double, _ dy: Double, _ anchor: String, far: Bool = false) -> Place {
      let start = anchor == "start" ? x + dx : anchor == "end" ? x + dx - width : x + dx - width / 2
      return Place(
        x: x + dx, y: y + dy, anchor: anchor, box: Box(x: start, y: y + dy - 10, width: width, height: 13), isFar: far)
    }
    let near = [
      place(8, 4, "start"), place(-8, 4, "end"), place(0, -9, "middle"), place(0, 18, "middle"),
      place(8, -6, "start"), place(8, 14, "start"), place(-8, -6, "end"), place(-8, 14, "end"),
    ]
    var far: [Place] = []
    for rise in stride(from: 0.0, through: 120, by: 14) {
      for run in [16.0, 90] where run + rise > 30 {
        for (sign, anchor) in [(1.0, "start"), (-1, "end")] {
          far.append(place(sign * run, 4 - rise, anchor, far: true))
          far.append(place(sign * run, 4 + rise, anchor, far: true))
        }
      }
    }
    return near + far
  }
}
