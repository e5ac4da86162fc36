/// Numbers of which few are distinct, such as the tokens of many images: each is kept once, with how often it came.
package struct Distribution: Sendable, Hashable {
  private var counts: [Double: Int] = [:]
  /// How many numbers there are.
  package private(set) var count = 0

  /// No numbers yet.
  package init() {}

  /// Takes a number in; NaN is left out.
  package mutating func add(_ number: Double) {
    guard !number.isNaN else { return }
    counts[number, default: 0] += 1
    count += 1
  }

  /// Every distinct number, from the smallest, with how often it came.
  package var numbers: [(number: Double, count: Int)] { counts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } }

  /// The arithmetic mean; NaN without numbers.
  package var mean: Double {
    counts.sorted { $0.key < $1.key }.reduce(0) { $0 + $1.key * Double($1.value) } / Double(count)
  }

  /// The smallest number; NaN without numbers.
  package var min: Double { counts.keys.min() ?? .nan }
  /// The largest number; NaN without numbers.
  package var max: Double { counts.keys.max() ?? .nan }

  /// The number below which the share `share` (0 to 1) of all lies, found by linear interpolation between the two
  /// nearest in order, as numpy.percentile does by default: of n sorted numbers that at the position share (n - 1),
  /// counted from 0. NaN without numbers.
  package func percentile(_ share: Double) -> Double {
    guard count > 0, share.isFinite else { return .nan }
    let position = Swift.min(1, Swift.max(0, share)) * Double(count - 1)
    let lower = Int(position)
    let sorted = counts.sorted { $0.key < $1.key }
    func number(at index: Int) -> Double {
      var before = 0
      for (number, count) in sorted {
        before += count
        if index < before { return number }
      }
      return sorted.last?.key ?? .nan
    }
    let low = number(at: lower)
    let part = position - Double(lower)
    guard part > 0 else { return low }
    let high = number(at: Swift.min(lower + 1, count - 1))
    return low == high ? low : low + (high - low) * part
  }
}
