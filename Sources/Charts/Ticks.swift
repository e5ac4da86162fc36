internal import Quantities

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The round values that an axis names, and the range that it spans.
struct Ticks {
  /// A round value.
  struct Tick {
    var value: Double
    var label: String
  }

  /// From the least to the greatest.
  var all: [Tick]
  /// The ends of the axis, in base units.
  var low, high: Double
  /// The unit that all labels share, with its prefix; empty where each has its own.
  var unit = ""

  /// At most about `count` round steps of equal size around some values.
  static func linear(_ values: [Double], fromZero: Bool, _ axis: Axis, count: Int) -> Ticks {
    var (low, high) = (values.min() ?? 0, values.max() ?? 1)
    if fromZero { (low, high) = (min(0, low), max(0, high)) }
    if !fromZero {
      let margin = (high - low) * 0.03
      (low, high) = (low - (low == 0 ? 0 : margin), high + margin)
    }
    if !(high - low > max(high.magnitude, low.magnitude) * 1e-9) {
      let margin = max(high.magnitude, 1e-300) * (high == 0 ? 1e300 : 0.1)
      (low, high) = fromZero ? (min(low, 0), max(low + margin, margin)) : (low - margin, high + margin)
    }
    let (symbol, factor) = axis.unit.scaled(for: max(low.magnitude, high.magnitude))
    (low, high) = (low / factor, high / factor)
    let rough = (high - low) / Double(max(1, count))
    let power = pow(10, floor(log10(rough)))
    let round = power * ([1.0, 2, 5, 10].first { power * $0 >= rough * 0.999 } ?? 10)
    let step = axis.isWhole ? max(round, 1 / factor) : round
    let first = (low / step + 1e-9).rounded(.down)
    let last = max((high / step - 1e-9).rounded(.up), first + 1)
    let decimals = max(0, Int(-floor(log10(step) + 1e-9)))
    let all = stride(from: first, through: last, by: 1).prefix(100).map { number in
      // The product alone would show that a tenth is no binary number.
      let text = (number * step).fixed(min(decimals, 20))
      return Tick(value: (Double(text) ?? 0) * factor, label: text)
    }
    return Ticks(all: all, low: all[0].value, high: all[all.count - 1].value, unit: symbol)
  }

  /// Round values of equal ratios around some values above zero, in several densities, the finest first.
  static func logarithmic(_ values: [Double], unit: Axis.Unit) -> [Ticks] {
    var (low, high) = (values.min() ?? 1, values.max() ?? 10)
    if high < low * 1.2 { (low, high) = (low / 1.5, high * 1.5) }
    let (first, last) = (Int(floor(log10(low))), Int(floor(log10(high))) + 1)
    let fine: [(mantissa: Double, power: Int)] = (first...last).flatMap { power in
      [1.0, 2, 5].map { (mantissa: $0, power: power) }
    }
    func value(_ mark: (mantissa: Double, power: Int)) -> Double {
      Double("\(Int(mark.mantissa))e\(mark.power)") ?? mark.mantissa
    }
    let from = fine.last { value($0) <= low * 1.000001 } ?? fine[0]
    let to = fine.first { value($0) >= high * 0.999999 } ?? fine[fine.count - 1]
    let isShared = !unit.hasMultiples && !unit.hasSubmultiples
    let inside = fine.filter { value($0) >= value(from) && value($0) <= value(to) }
    func ticks(_ marks: [(mantissa: Double, power: Int)]) -> Ticks {
      let all = marks.map { mark in
        let amount = value(mark)
        let (symbol, factor) = isShared ? ("", 1) : unit.scaled(for: amount)
        let number = amount / factor
        let tens = floor(log10(number) + 1e-9)
        let digits =
          number >= 1e7 ? "\(Int((number / pow(10, tens)).rounded()))e\(Int(tens))" : number.rounded(toDigits: 3)
        return Tick(value: amount, label: symbol.isEmpty ? digits : "\(digits) \(symbol)")
      }
      return Ticks(all: all, low: value(from), high: value(to), unit: isShared ? unit.symbol : "")
    }
    let steps = [1, 2, 3, 4, 6, 10, 20, 50, 100, 200]
    return [ticks(inside)]
      + steps.map { step in ticks(inside.filter { $0.mantissa == 1 && $0.power % step == 0 }) }
  }
}

extension Double {
  /// The number with at most so many significant digits, as short as it gets.
  fileprivate func rounded(toDigits digits: Int) -> String {
    guard self > 0 else { return "0" }
    let decimals = max(0, digits - 1 - Int(floor(log10(self))))
    return (Double(fixed(min(decimals, 30))) ?? self).shortest
  }
}
