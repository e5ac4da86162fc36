/// A picture of figures in a plane, before it is known how wide it is and in which form it is drawn.
package struct Chart: Sendable, Hashable {
  /// What stands above it.
  package var title: String
  /// What it shows, in words, for whoever does not see it.
  package var summary: String
  /// The horizontal axis.
  package var x: Axis
  /// The vertical axis; categories run from the top down.
  package var y: Axis
  /// What is drawn, the first at the bottom; labels that come first find their place first.
  package var marks: [Mark]
  /// Lines of the legend behind those of the series.
  package var keys: [Key]
  /// One sentence each, below the chart.
  package var notes: [String]

  /// A chart of some marks.
  package init(
    title: String, summary: String, x: Axis, y: Axis, marks: [Mark], keys: [Key] = [], notes: [String] = []
  ) {
    (self.title, self.summary, self.x, self.y) = (title, summary, x, y)
    (self.marks, self.keys, self.notes) = (marks, keys, notes)
  }

  /// A line of the legend that is no series.
  package struct Key: Sendable, Hashable {
    /// How what it is about is drawn.
    package var style: Mark.Style
    /// What that means.
    package var text: String

    /// A style and what it means.
    package init(_ style: Mark.Style, _ text: String) { (self.style, self.text) = (style, text) }
  }

  /// The names of the series in the order in which they come up.
  var series: [String] {
    var names: [String] = []
    var seen: Set<String> = []
    for name in marks.lazy.compactMap(\.series) where seen.insert(name).inserted { names.append(name) }
    return names
  }
}

/// A place in a chart, in the units of its axes.
package struct ChartPoint: Sendable, Hashable {
  /// Its values on both axes; on an axis of categories the number of one, from 0.
  package var x, y: Double

  /// A place.
  package init(_ x: Double, _ y: Double) { (self.x, self.y) = (x, y) }
}

/// A point, a line or a bar of a chart.
package struct Mark: Sendable, Hashable {
  /// What is drawn where.
  package enum Shape: Sendable, Hashable {
    /// A sign of the series; its radius is in pixels.
    case point(ChartPoint, radius: Double)
    /// A line through points.
    case line([ChartPoint])
    /// A rectangle between two opposite corners.
    case bar(ChartPoint, ChartPoint)
  }

  /// How it is drawn.
  package enum Style: Sendable, Hashable {
    /// In the colour of the series.
    case solid
    /// In the same, but pale: many points, or a bar that others lie in.
    case faint
    /// A point with a ring around it.
    case ring
    /// A thin broken line.
    case thin
    /// A line that figures are held against.
    case reference
  }

  /// What is drawn.
  package var shape: Shape
  /// Marks of one series share a colour, a sign and a line in the legend; nil for none of them.
  package var series: String?
  /// How it is drawn.
  package var style: Style
  /// What is written beside it; of a bar at its end.
  package var label: String?
  /// Its figures in words, shown where somebody points at it.
  package var figures: String?

  /// A mark.
  package init(
    _ shape: Shape, series: String? = nil, style: Style = .solid, label: String? = nil, figures: String? = nil
  ) {
    (self.shape, self.series, self.style, self.label, self.figures) = (shape, series, style, label, figures)
  }

  /// All its places.
  var points: [ChartPoint] {
    switch shape {
    case .point(let point, _): [point]
    case .line(let points): points
    case .bar(let one, let other): [one, other]
    }
  }
}
