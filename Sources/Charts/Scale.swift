internal import Documents

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Where the values of an axis of numbers lie, in pixels.
struct Scale {
  private let isLogarithmic: Bool
  private let low, high: Double
  private let start: Double
  /// Where the greatest value lies.
  var end: Double
  /// The values that are named.
  let ticks: [Ticks.Tick]
  /// What the axis shows, with the unit.
  let title: String

  /// The scale of an axis that is not there.
  static let nothing = Scale([], Axis(""), from: 0, to: 1) { _ in 1 }

  /// Whether a value has a place on an axis.
  static func holds(_ value: Double, _ axis: Axis) -> Bool {
    guard value.isFinite, value.magnitude < 1e200 else { return false }
    if case .logarithmic = axis.scale { return value > 1e-200 }
    return true
  }

  /// A scale for some values between two places, with as many ticks as stand apart by what `spacing` says.
  init(
    _ values: [Double], _ axis: Axis, from start: Double, to end: Double, spacing: (Ticks.Tick) -> Double
  ) {
    (self.start, self.end) = (start, end)
    let isLogarithmic = axis.scale == .logarithmic
    self.isLogarithmic = isLogarithmic
    let fromZero = axis.scale == .linear(fromZero: true)
    let candidates =
      isLogarithmic
      ? Ticks.logarithmic(values, unit: axis.unit)
      : [8, 6, 5, 4, 3, 2, 1].map { Ticks.linear(values, fromZero: fromZero, axis, count: $0) }
    func place(_ value: Double, _ ticks: Ticks) -> Double {
      let (low, high) = isLogarithmic ? (log(ticks.low), log(ticks.high)) : (ticks.low, ticks.high)
      return ((isLogarithmic ? log(value) : value) - low) / (high - low) * abs(end - start)
    }
    let fitting = candidates.first { ticks in
      zip(ticks.all, ticks.all.dropFirst()).allSatisfy { a, b in
        place(b.value, ticks) - place(a.value, ticks) >= (spacing(a) + spacing(b)) / 2
      }
    }
    let chosen = fitting ?? candidates[candidates.count - 1]
    ticks = chosen.all
    (low, high) = isLogarithmic ? (log(chosen.low), log(chosen.high)) : (chosen.low, chosen.high)
    title = chosen.unit.isEmpty ? axis.title : "\(axis.title) (\(chosen.unit))"
  }

  /// Where a value lies; nil for what has no place, as zero on a logarithmic axis.
  func position(_ value: Double) -> Double? {
    guard value.isFinite, !isLogarithmic || value > 0 else { return nil }
    let share = ((isLogarithmic ? log(value) : value) - low) / (high - low)
    return share.isFinite ? start + share * (end - start) : nil
  }
}

/// The bands of an axis of categories: names beside them or, where they are long, above.
struct Bands {
  /// The lines of every name.
  let lines: [[String]]
  /// How much room names take beside the bands.
  let margin: Double
  private let tops: [Double]
  private let isAbove: Bool
  /// The height of all bands.
  let height: Double

  private static let line = 15.0, bar = 26.0

  init(_ names: [String], width: Double) {
    let shown = names.map { $0.shown() }
    let widest = shown.map { TextMetrics.width($0, size: 12) }.max() ?? 0
    let isAbove = widest > width * 0.3
    self.isAbove = isAbove
    lines = shown.map { TextMetrics.lines($0, width: isAbove ? width - 2 * ChartLayout.margin : widest + 1, size: 12) }
    margin = isAbove ? 0 : widest + 8
    var tops: [Double] = []
    var top = 0.0
    for lines in lines {
      tops.append(top + (isAbove ? Double(lines.count) * Self.line : 0))
      top += Self.bar + (isAbove ? Double(lines.count) * Self.line + 4 : 0)
    }
    self.tops = tops
    height = top
  }

  /// Where a place lies below the top: the middle of a category is its number.
  func position(_ y: Double) -> Double {
    let index = max(0, min(tops.count - 1, Int(y.rounded())))
    return tops.isEmpty ? 0 : tops[index] + Self.bar * (0.5 + y - Double(index))
  }

  /// Where a line of a name stands: its baseline below the top, and where it begins; nil for an end beside the bands.
  func label(_ index: Int, line: Int) -> (x: Double?, y: Double) {
    isAbove
      ? (ChartLayout.margin, tops[index] - Double(lines[index].count - line) * Self.line + 12)
      : (nil, tops[index] + Self.bar / 2 + 4)
  }
}
