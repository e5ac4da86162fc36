/// Something that is drawn, placed in pixels.
struct ChartElement {
  enum Shape {
    case text(String, x: Double, y: Double, anchor: LabelPlacer.Anchor)
    case line(Segment)
    case path([(x: Double, y: Double)])
    case sign(Sign, x: Double, y: Double, radius: Double)
    case box(Box)
  }

  var shape: Shape
  /// The classes that give it its look.
  var classes: String
  /// Values that are drawn, by name, so that programs can read them.
  var data: [(name: String, value: Double)] = []
  /// What is shown where somebody points at it.
  var figures: String?

  static func text(
    _ text: String, _ x: Double, _ y: Double, _ anchor: LabelPlacer.Anchor = .start, _ classes: String = "ink"
  ) -> ChartElement {
    ChartElement(shape: .text(text, x: x, y: y, anchor: anchor), classes: classes)
  }
}

/// The signs of series, so that they differ not by their colour alone.
enum Sign: Int, CaseIterable {
  case circle, square, triangle, diamond, pentagon, star

  /// The outline around the middle.
  func outline(radius r: Double) -> String {
    func polygon(_ corners: [(Double, Double)]) -> String {
      "M" + corners.map { "\(($0 * r).pixels) \(($1 * r).pixels)" }.joined(separator: "L") + "Z"
    }
    switch self {
    case .circle:
      let (r, d) = (r.pixels, (2 * r).pixels)
      return "M-\(r) 0a\(r) \(r) 0 1 0 \(d) 0a\(r) \(r) 0 1 0 -\(d) 0Z"
    case .square: return polygon([(-0.88, -0.88), (0.88, -0.88), (0.88, 0.88), (-0.88, 0.88)])
    case .triangle: return polygon([(0, -1.15), (1.1, 0.8), (-1.1, 0.8)])
    case .diamond: return polygon([(0, -1.25), (1.1, 0), (0, 1.25), (-1.1, 0)])
    case .pentagon: return polygon([(0, -1.1), (1.05, -0.34), (0.65, 0.89), (-0.65, 0.89), (-1.05, -0.34)])
    case .star:
      return polygon([
        (0, -1.3), (0.35, -0.4), (1.24, -0.4), (0.53, 0.17), (0.76, 1.05), (0, 0.53), (-0.76, 1.05), (-0.53, 0.17),
        (-1.24, -0.4), (-0.35, -0.4),
      ])
    }
  }
}
