/// An axis of a chart: what it shows, in which unit and in what steps.
package struct Axis: Sendable, Hashable {
  /// How values become places.
  package enum Scale: Sendable, Hashable {
    /// Equal differences are equally long; the axis begins at zero if it is to.
    case linear(fromZero: Bool)
    /// Equal ratios are equally long; only values above zero have a place.
    case logarithmic
    /// Names, one after the other, each in a band of its own.
    case categories([String])
  }

  /// What it shows, without its unit.
  package var title: String
  /// The base unit of the values.
  package var unit: Unit
  /// How values become places.
  package var scale: Scale

  /// Whether the values are counts, so that no step is less than one.
  package var isWhole: Bool

  /// Values that the axis spans besides those of the marks.
  package var including: [Double]

  /// An axis.
  package init(
    _ title: String, _ unit: Unit = .none, _ scale: Scale = .linear(fromZero: true), including: [Double] = [],
    isWhole: Bool = false
  ) {
    (self.title, self.unit, self.scale, self.including) = (title, unit, scale, including)
    self.isWhole = isWhole
  }

  /// A unit as axes write it.
  package struct Unit: Sendable, Hashable {
    /// The base unit's symbol; empty for plain numbers.
    package var symbol: String
    /// Whether it is written with prefixes for multiples, and for parts.
    package var hasMultiples, hasSubmultiples: Bool

    /// A unit.
    package init(_ symbol: String, multiples: Bool = true, submultiples: Bool = false) {
      (self.symbol, hasMultiples, hasSubmultiples) = (symbol, multiples, submultiples)
    }

    /// Plain numbers.
    package static let none = Unit("", multiples: false)
    /// Durations.
    package static let seconds = Unit("s", submultiples: true)
    /// Memory and traffic.
    package static let bytes = Unit("B")

    private static let prefixes: [(symbol: String, factor: Double)] = [
      ("n", 1e-9), ("\u{B5}", 1e-6), ("m", 1e-3), ("", 1), ("k", 1e3), ("M", 1e6), ("G", 1e9), ("T", 1e12), ("P", 1e15),
      ("E", 1e18),
    ]

    /// The prefix with which so much is written, and the unit with it.
    func scaled(for magnitude: Double) -> (symbol: String, factor: Double) {
      let usable = Self.prefixes.filter { $0.factor == 1 || ($0.factor > 1 ? hasMultiples : hasSubmultiples) }
      let prefix = usable.last { $0.factor <= magnitude * (1 + 1e-9) } ?? (magnitude == 0 ? ("", 1) : usable[0])
      return (prefix.symbol + symbol, prefix.factor)
    }
  }
}
