import Foundation
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// An SVG document, read back by an XML parser that knows nothing of charts.
final class Drawing: NSObject, XMLParserDelegate {
  struct Box {
    var x, y, width, height: Double

    func overlaps(_ other: Box) -> Bool {
      x < other.x + other.width && other.x < x + width && y < other.y + other.height && other.y < y + height
    }
  }

  struct Text {
    var text: String
    var x, y, size: Double
    var anchor: String
    var chart: Int
    var data: [String: Double]
    /// Whether it names a mark.
    var isLabel: Bool

    /// What Arial covers: from the ascent of capitals to the descent, a tenth of a pixel inwards.
    var box: Box {
      let width = Drawing.width(text) * size
      let start = anchor == "middle" ? x - width / 2 : anchor == "end" ? x - width : x
      return Box(x: start, y: y - 0.72 * size, width: width, height: 0.92 * size)
    }
  }

  struct Point {
    var x, y: Double
    var radius: Double
    var chart: Int
    /// The number of the series' colour; nil without one.
    var series: Substring?
    var data: [String: Double]
    /// What is shown where somebody points at it.
    var figures = ""

    var box: Box { Box(x: x - radius, y: y - radius, width: 2 * radius, height: 2 * radius) }
  }

  /// A line or a path: its corners, and the classes that give it its look.
  struct Line {
    var points: [(x: Double, y: Double)]
    var classes: Set<Substring>
    var chart: Int

    /// The number of the series' colour; nil without one.
    var series: Substring? { classes.first { $0.hasPrefix("s") && $0.count == 2 }?.dropFirst() }

    /// Whether it runs through the inside of a box.
    func crosses(_ box: Box) -> Bool {
      zip(points, points.dropFirst()).contains { from, to in
        // A fine walk along it: no clever clipping that the drawing might share.
        let steps = max(2, Int(max(abs(to.x - from.x), abs(to.y - from.y)) * 2))
        return (0...steps).contains { step in
          let share = Double(step) / Double(steps)
          let (x, y) = (from.x + share * (to.x - from.x), from.y + share * (to.y - from.y))
          return x > box.x && x < box.x + box.width && y > box.y && y < box.y + box.height
        }
      }
    }
  }

  private(set) var lines: [Line] = []
  /// Rings around points.
  private(set) var rings: [Point] = []
  private(set) var texts: [Text] = []
  private(set) var points: [Point] = []
  /// Bars: their left, their width and their top.
  private(set) var bars: [(box: Box, chart: Int, data: [String: Double])] = []
  private(set) var titles: [String] = []
  private(set) var width = 0.0, height = 0.0
  private var chart = -1
  private var tops: [Double] = []
  private var current = ""
  private var isPoint = false
  private var failure: (any Error)?

  init(_ svg: String) throws {
    super.init()
    let parser = XMLParser(data: Data(svg.utf8))
    parser.delegate = self
    guard parser.parse() else { throw parser.parserError ?? CocoaError(.coderReadCorrupt) }
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    current = ""
    func number(_ key: String) -> Double { attributes[key].flatMap(Double.init) ?? 0 }
    let classes = (attributes["class"] ?? "").split(separator: " ")
    let data = Dictionary(
      attributes.filter { $0.key.hasPrefix("data-") }.compactMap { key, value in
        Double(value).map { (String(key.dropFirst(5)), $0) }
      }
    ) { first, _ in first }
    isPoint = name == "path" && classes.contains("point") || name == "title" && isPoint
    /// All numbers of a path: of a sign its corners around the middle, of a line its corners.
    let numbers = (attributes["d"] ?? "").split { "MLZa ".contains($0) }.compactMap { Double($0) }
    let place = (attributes["transform"] ?? "").drop { $0 != "(" }.dropFirst().prefix { $0 != ")" }
      .split(separator: " ").compactMap { Double($0) }
    switch name {
    case "svg":
      let box = (attributes["viewBox"] ?? "").split(separator: " ").compactMap { Double($0) }
      (width, height) = (box[2], box[3])
      // A part of a page has one chart and no group around it.
      if attributes["class"] == "chart" { (chart, tops) = (0, [0]) }
    case "g":
      chart += 1
      tops.append(place[1])
    case "text":
      let size = classes.contains("title") ? 15.0 : classes.contains("small") ? 11 : 12
      texts.append(
        Text(
          text: "", x: number("x"), y: number("y"), size: size, anchor: attributes["text-anchor"] ?? "start",
          chart: chart, data: data, isLabel: classes.contains("small") && classes.contains("ink")))
    case "path" where classes.contains("point"):
      points.append(
        Point(
          x: place[0], y: place[1], radius: abs(numbers[0]) > 0 ? abs(numbers[0]) : abs(numbers[1]) / 1.3, chart: chart,
          series: classes.first { $0.hasPrefix("f") && $0.count == 2 }?.dropFirst(), data: data))
    case "path" where classes.contains("ring") && chart >= 0:
      rings.append(
        Point(
          x: place[0], y: place[1], radius: abs(numbers[0]), chart: chart,
          series: classes.first { $0.hasPrefix("s") && $0.count == 2 }?.dropFirst(), data: [:]))
    case "path" where place.isEmpty:
      let corners = stride(from: 0, to: numbers.count - 1, by: 2).map { (x: numbers[$0], y: numbers[$0 + 1]) }
      lines.append(Line(points: corners, classes: Set(classes), chart: chart))
    case "line":
      let ends = [(x: number("x1"), y: number("y1")), (x: number("x2"), y: number("y2"))]
      lines.append(Line(points: ends, classes: Set(classes), chart: chart))
    case "rect" where classes.contains("bar"):
      let box = Box(x: number("x"), y: number("y"), width: number("width"), height: number("height"))
      bars.append((box, chart, data))
    default: break
    }
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) { current += string }

  func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
    if name == "text" { texts[texts.count - 1].text = current }
    if name == "title" { titles.append(current) }
    if name == "title", isPoint { points[points.count - 1].figures = current }
    current = ""
  }

  /// Pairs of texts that overlap, texts that are cut by an edge, and labels that points, rings or lines run through.
  var faults: [String] {
    var faults: [String] = []
    let boxes = texts.map(\.box)
    for (index, text) in texts.enumerated() {
      let box = boxes[index]
      if box.x < 0 || box.x + box.width > width || box.y < 0 || box.y + tops[text.chart] + box.height > height {
        faults.append("cut: \(text)")
      }
      for other in (index + 1)..<max(index + 1, texts.count)
      where boxes[other].overlaps(box) && texts[other].chart == text.chart {
        faults.append("\"\(text.text)\" overlaps \"\(texts[other].text)\"")
      }
    }
    return faults + struck
  }

  /// Labels with a point, a ring or a line in them. Thin broken lines may run through where there is no other room, and
  /// the grid does: it is pale, and labels have a rim.
  private var struck: [String] {
    var faults: [String] = []
    for text in texts where text.isLabel {
      let box = text.box
      for point in points + rings where point.chart == text.chart && point.box.overlaps(box) {
        faults.append("\"\(text.text)\" lies on a point at \(point.x), \(point.y)")
      }
      for line in lines where line.chart == text.chart && line.classes.isDisjoint(with: ["grid", "thin"]) {
        if line.crosses(box) { faults.append("\"\(text.text)\" has a line in it: \(line)") }
      }
    }
    return faults
  }

  /// Marks that lie half a pixel or more from where the ticks of their axes say that their figures lie, and axes whose
  /// ticks are not what their labels say.
  ///
  /// An axis is linear or logarithmic for all of its marks; where two ticks leave that open, the marks must agree.
  var misplaced: [String] {
    var faults: [String] = []
    var known: [String: [(value: Double, pixel: Double)]] = [:]
    var errors: [String: (linear: Double, logarithmic: Double, what: String)] = [:]
    func ticks(_ axis: String, _ chart: Int) -> [(value: Double, pixel: Double)] {
      if let ticks = known["\(axis)\(chart)"] { return ticks }
      let ticks = texts.filter { $0.chart == chart && $0.data[axis] != nil }
        .map { (value: $0.data[axis] ?? 0, pixel: axis == "x" ? $0.x : $0.y - 4) }.sorted { $0.value < $1.value }
      faults += mislabelled(axis, chart)
      known["\(axis)\(chart)"] = ticks
      return ticks
    }
    func check(_ value: Double, _ axis: String, _ chart: Int, at pixel: Double, _ what: String) {
      let ticks = ticks(axis, chart)
      guard let first = ticks.first, let last = ticks.last, ticks.count > 1 else { return }
      // Equal steps between ticks mean a linear axis, equal ratios a logarithmic one.
      func distance(_ transform: (Double) -> Double) -> Double {
        let share = (transform(value) - transform(first.value)) / (transform(last.value) - transform(first.value))
        return abs(first.pixel + share * (last.pixel - first.pixel) - pixel)
      }
      let isLinear = ticks.allSatisfy { tick in
        let share = (tick.value - first.value) / (last.value - first.value)
        return abs(first.pixel + share * (last.pixel - first.pixel) - tick.pixel) < 0.5
      }
      let isLogarithmic = first.value > 0 && !(isLinear && ticks.count > 2)
      let found = (
        linear: isLinear ? distance { $0 } : .infinity, logarithmic: isLogarithmic ? distance { log($0) } : .infinity
      )
      let worst = errors["\(axis)\(chart)"] ?? (0, 0, "")
      func larger(_ one: Double, _ other: Double) -> Double { one.isNaN || one > other ? one : other }
      errors["\(axis)\(chart)"] = (
        larger(found.linear, worst.linear), larger(found.logarithmic, worst.logarithmic),
        min(found.linear, found.logarithmic) <= 0.5 ? worst.what : "\(what) \(value)"
      )
    }
    for point in points {
      for (axis, pixel) in [("x", point.x), ("y", point.y)] {
        point.data[axis].map { check($0, axis, point.chart, at: pixel, "point") }
      }
    }
    for bar in bars {
      bar.data["from"].map { check($0, "x", bar.chart, at: bar.box.x, "bar") }
      bar.data["to"].map { check($0, "x", bar.chart, at: bar.box.x + bar.box.width, "bar") }
      bar.data["y"].map { check($0, "y", bar.chart, at: bar.box.y, "bar") }
    }
    for (axis, error) in errors where !(min(error.linear, error.logarithmic) <= 0.5) {
      faults.append("\(error.what): \(axis) lies \(min(error.linear, error.logarithmic)) off")
    }
    return faults
  }

  /// Ticks of an axis whose labels, read as people read them, are not in the ratios of their values.
  private func mislabelled(_ axis: String, _ chart: Int) -> [String] {
    let prefixes: [Substring: Double] = [
      "n": 1e-9, "\u{B5}": 1e-6, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18,
    ]
    var factor: Double?
    var faults: [String] = []
    for text in texts where text.chart == chart {
      guard let value = text.data[axis] else { continue }
      let parts = text.text.split(separator: " ")
      // A unit of more than its prefix: `ms`, `GFLOP/s`, but not `s` or `FLOP/s`.
      let unit = parts.count > 1 ? parts[1] : ""
      let isPrefixed = ["s", "B", "J", "FLOP/s", "FLOP/B", "/s", "FLOP"].contains(unit.dropFirst())
      guard let number = Double(parts[0]) else {
        faults.append("\"\(text.text)\" is no number")
        continue
      }
      let read = number * (isPrefixed ? prefixes[unit.prefix(1)] ?? .nan : 1)
      guard read != 0 || value != 0 else { continue }
      let ratio = value / read
      if abs(ratio / (factor ?? ratio) - 1) > 1e-6 || ratio.isNaN {
        faults.append("\"\(text.text)\" stands at \(value)")
      }
      factor = factor ?? ratio
    }
    return faults
  }

  /// The width of a text in Arial of size 1: advance widths in thousandths from space to tilde, as fontTools reads them
  /// from Liberation Sans, whose widths are Arial's; 0.6 for other characters.
  static func width(_ text: String) -> Double {
    text.unicodeScalars.reduce(0) { sum, scalar in
      let index = Int(scalar.value) - 32
      return sum + (arial.indices.contains(index) ? Double(arial[index]) / 1000 : 0.6)
    }
  }
  private static let arial = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556,
    556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278,
    500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469,
    556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500,
    278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
  ]
}
