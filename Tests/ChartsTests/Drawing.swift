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

    /// What Arial covers: from the ascent of capitals to the descent, a tenth of a pixel inwards.
    var box: Box {
      let width = Drawing.width(text) * size
      let start = anchor == "middle" ? x - width / 2 : anchor == "end" ? x - width : x
      return Box(x: start, y: y - 0.72 * size, width: width, height: 0.92 * size)
    }
  }

  struct Point {
    var x, y: Double
    var chart: Int
    var data: [String: Double]
  }

  private(set) var texts: [Text] = []
  private(set) var points: [Point] = []
  /// Bars: their left, their width and their top.
  private(set) var bars: [(box: Box, chart: Int, data: [String: Double])] = []
  private(set) var titles: [String] = []
  private(set) var width = 0.0, height = 0.0
  private var chart = -1
  private var tops: [Double] = []
  private var current = ""
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
          chart: chart, data: data))
    case "path" where classes.contains("point"):
      points.append(Point(x: place[0], y: place[1], chart: chart, data: data))
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
    current = ""
  }

  /// Pairs of texts that overlap, and texts that are cut by an edge.
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
    return faults
  }

  /// Marks that lie half a pixel or more from where the ticks of their axes say that their figures lie.
  var misplaced: [String] {
    var faults: [String] = []
    var known: [String: [(value: Double, pixel: Double)]] = [:]
    func ticks(_ axis: String, _ chart: Int) -> [(value: Double, pixel: Double)] {
      if let ticks = known["\(axis)\(chart)"] { return ticks }
      let ticks = texts.filter { $0.chart == chart && $0.data[axis] != nil }
        .map { (value: $0.data[axis] ?? 0, pixel: axis == "x" ? $0.x : $0.y - 4) }.sorted { $0.value < $1.value }
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
      let error = min(isLinear ? distance { $0 } : .infinity, isLogarithmic ? distance { log($0) } : .infinity)
      if !(error <= 0.5) { faults.append("\(what): \(axis) \(value) lies \(error) off") }
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
