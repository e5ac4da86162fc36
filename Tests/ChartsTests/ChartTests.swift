import Charts
import Foundation
import Testing

@Suite("Charts")
struct ChartTests {
  private func chart(
    _ places: [(Double, Double)], _ scale: Axis.Scale = .linear(fromZero: true), title: String = "title",
    labels: [String] = [], series: [String] = []
  ) -> Chart {
    let marks = places.enumerated().map { index, place in
      Mark(
        .point(ChartPoint(place.0, place.1), radius: 4), series: series.isEmpty ? "s" : series[index % series.count],
        label: labels.isEmpty ? nil : labels[index % labels.count], figures: "figure \(index)")
    }
    return Chart(
      title: title, summary: "words", x: Axis("across", .none, scale), y: Axis("up", .seconds, scale), marks: marks)
  }

  @Test("equal ratios are equally long on a logarithmic axis")
  func logarithmic() throws {
    let drawing = try Drawing(
      SVGRenderer.document([chart([(1, 1), (10, 100), (100, 1e4), (1000, 1e6)], .logarithmic)]))
    let points = drawing.points
    #expect(points.count == 4)
    for index in 2..<4 {
      #expect(abs((points[index].x - points[index - 1].x) - (points[1].x - points[0].x)) < 0.3)
      #expect(abs((points[index].y - points[index - 1].y) - (points[1].y - points[0].y)) < 0.3)
    }
    for tick in ["1", "10", "100", "1000"] { #expect(drawing.texts.contains { $0.text == tick }, "\(tick)") }
    #expect(drawing.texts.contains { $0.text == "1 Ms" })
  }

  @Test("numbers too long for a tick are written by their powers of ten, as they are")
  func largeNumbers() throws {
    let places = [2e7, 5e8, 1e9].map { ($0, $0) }
    let texts = try Drawing(SVGRenderer.document([chart(places, .logarithmic)])).texts.map(\.text)
    for tick in ["2e7", "5e8", "1e9", "20 Ms", "500 Ms", "1 Gs"] { #expect(texts.contains(tick), "\(texts)") }
  }

  @Test("equal differences are equally long on a linear axis, and more is up")
  func linear() throws {
    let points = try Drawing(SVGRenderer.document([chart([(0, 0), (5, 1), (10, 2)])])).points
    #expect(abs(points[0].x + points[2].x - 2 * points[1].x) < 0.3)
    #expect(abs(points[0].y + points[2].y - 2 * points[1].y) < 0.3)
    #expect(points[2].y < points[0].y && points[2].x > points[0].x)
  }

  @Test("what has no logarithm is left out, with a word")
  func noLogarithm() throws {
    let places = [(0, 1.0), (-1, 1), (.nan, 1), (.infinity, 1), (2, 3)]
    let drawing = try Drawing(SVGRenderer.document([chart(places, .logarithmic)]))
    #expect(drawing.points.count == 1)
    #expect(drawing.texts.contains { $0.text.hasPrefix("4 marks have no place on these axes") })
  }

  @Test(
    "of anything are whole documents, with figures where they belong",
    arguments: [[], [0], [1], [5, 5, 5], [1e-300, 1e300], [-1e9, 1e9], [1e18, 1.0000001e18], [0.1, 0.2, 0.3]])
  func extremes(_ values: [Double]) throws {
    for scale in [Axis.Scale.linear(fromZero: true), .linear(fromZero: false), .logarithmic] {
      let drawing = try Drawing(SVGRenderer.document([chart(values.map { ($0, $0) }, scale)]))
      #expect(drawing.faults == [] && drawing.misplaced == [], "\(values) \(scale)")
    }
  }

  @Test("show foreign names as text: markup, quotes, control and right-to-left characters")
  func foreignNames() throws {
    let names = [
      "<script>alert(1)</script>", "a\"b'c&d", "bell\u{7} and \u{1B}[31m", "\u{202E}gnp.x", "line\u{2028}end\n",
      "\u{5E9}\u{5DC}\u{5D5}\u{5DD}", "\u{FFFE}\u{0}", "]]>",
    ]
    let places = (0..<names.count).map { (Double($0), Double($0 * $0 % 5)) }
    var chart = chart(places, title: names.joined(separator: " "), labels: names, series: names)
    chart.y.scale = .linear(fromZero: true)
    let svg = SVGRenderer.document([chart])
    #expect(!svg.unicodeScalars.contains { $0 != "\n" && [.control, .format].contains($0.properties.generalCategory) })
    let drawing = try Drawing(svg)
    let texts = drawing.texts.map(\.text)
    for text in ["<script>alert(1)</script>", "a\"b'c&d", "bell\\u{07} and \\u{1B}[31m", "\\u{202E}gnp.x", "]]>"] {
      #expect(texts.count { $0 == text } == 2, "\(text) is a label and a line of the legend: \(texts)")
    }
    #expect(drawing.faults == [])
  }

  @Test("break long names into lines instead of cutting them")
  func longNames() throws {
    let long = String(repeating: "averylongname", count: 20)
    let names = ["short", long, "words " + long]
    let marks = names.indices.map { index in
      Mark(
        .bar(ChartPoint(0, Double(index) - 0.4), ChartPoint(3, Double(index) + 0.4)), series: names[index], label: "3 s"
      )
    }
    let chart = Chart(
      title: long, summary: "", x: Axis("time", .seconds), y: Axis("", .none, .categories(names)), marks: marks)
    let drawing = try Drawing(SVGRenderer.document([chart, chart]))
    #expect(drawing.faults == [])
    // Title, legend twice, names twice, in both charts.
    let written = drawing.texts.map(\.text).joined()
    #expect(written.ranges(of: long).count == 10)
  }

  @Test("lead lines to names beside a crowd, or say how many found no room")
  func crowd() throws {
    var places: [(Double, Double)] = [(600, 50)]
    for number in 0..<60 { places.append((100 + Double(number % 7) * 0.01, 20 + Double(number % 11) * 0.01)) }
    let labels = (0..<61).map { "method \($0)" }
    let drawing = try Drawing(SVGRenderer.document([chart(places, labels: labels)]))
    #expect(drawing.faults == [])
    let placed = drawing.texts.count { $0.text.hasPrefix("method") }
    #expect(placed >= 4)
    #expect(drawing.texts.contains { $0.text.hasPrefix("\(61 - placed) labels found no room") })
  }

  @Test("have words for whoever does not see them, and styles for bright and dark")
  func words() throws {
    let svg = SVGRenderer.document([chart([(1, 1)])])
    #expect(svg.contains("role=\"img\"") && svg.contains("<desc id=\"summary\">words</desc>"))
    #expect(svg.contains("prefers-color-scheme:dark"))
    #expect(!svg.contains("<script") && !svg.contains("@font-face") && !svg.contains("href"))
    #expect(try Drawing(svg).titles == ["title", "figure 0"])
  }
}
