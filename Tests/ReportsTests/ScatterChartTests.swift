import Foundation
import Reports
import Testing

@Suite("Charts")
struct ScatterChartTests {
  private func chart(_ values: [(Double, Double)], logarithmic: Bool = false, diagonal: Bool = false) -> ScatterChart {
    ScatterChart(
      title: "a < b", xTitle: "x", yTitle: "y",
      points: values.map { ScatterChart.Point(x: $0.0, y: $0.1, label: "", series: "s") }, logarithmicX: logarithmic,
      logarithmicY: logarithmic, diagonal: diagonal)
  }

  /// The centres of the points: circles of radius 2.
  private func centres(_ svg: String) -> [(x: Double, y: Double)] {
    svg.matches(of: /<circle cx="([0-9.]+)" cy="([0-9.]+)" r="2"/).compactMap { match in
      guard let x = Double(match.1), let y = Double(match.2) else { return nil }
      return (x, y)
    }
  }

  @Test func aLogarithmicAxisHasEqualStepsForEqualRatios() {
    let svg = chart([(1, 1), (10, 100), (100, 10_000), (1000, 1_000_000)], logarithmic: true).svg
    let points = centres(svg)
    #expect(points.count == 4)
    for index in 2..<4 {
      #expect(abs((points[index].x - points[index - 1].x) - (points[1].x - points[0].x)) < 0.2)
      #expect(abs((points[index].y - points[index - 1].y) - (points[1].y - points[0].y)) < 0.2)
    }
    for tick in ["1", "10", "100", "1000", "1000000"] { #expect(svg.contains(">\(tick)</text>"), "\(tick)") }
  }

  @Test func aLinearAxisHasEqualStepsForEqualDifferences() {
    let points = centres(chart([(0, 0), (5, 1), (10, 2)]).svg)
    #expect(abs(points[0].x + points[2].x - 2 * points[1].x) < 0.2)
    #expect(abs(points[0].y + points[2].y - 2 * points[1].y) < 0.2)
    #expect(points[2].y < points[0].y)
  }

  @Test func whatHasNoLogarithmIsLeftOut() {
    #expect(centres(chart([(0, 1), (-1, 1), (.nan, 1), (.infinity, 1), (2, 3)], logarithmic: true).svg).count == 1)
    #expect(chart([], logarithmic: true, diagonal: true).svg.hasSuffix("</svg>\n"))
  }

  @Test func equalValuesLieOnTheDiagonal() throws {
    let svg = chart([(1, 1), (30, 30), (1000, 1000)], logarithmic: true, diagonal: true).svg
    let match = try #require(
      svg.firstMatch(of: /x1="([0-9.]+)" y1="([0-9.]+)" x2="([0-9.]+)" y2="([0-9.]+)" stroke="#888888"/))
    let (x1, y1) = (try #require(Double(match.1)), try #require(Double(match.2)))
    let (x2, y2) = (try #require(Double(match.3)), try #require(Double(match.4)))
    for point in centres(svg) { #expect(abs(y1 + (point.x - x1) / (x2 - x1) * (y2 - y1) - point.y) < 0.3) }
  }

  @Test func textIsEscaped() { #expect(chart([(1, 1)]).svg.contains("a &lt; b")) }
}
