public import Quantities

extension Price {
  /// The resource that an operator keeps busy longest.
  public enum Bound: String, Sendable, Hashable, CaseIterable {
    /// The matrix units.
    case compute
    /// The general arithmetic units.
    case vector
    /// Memory bandwidth.
    case memory
    /// The link to other devices.
    case link
  }
}

extension Price {
  /// How long each resource of a device is busy, or bounds the work.
  public struct ResourceSeconds: Sendable, Hashable {
    /// In the order of `Price.Bound.allCases`, so that all four are added and scaled at once.
    var values: SIMD4<Double>

    /// Four times.
    init(_ values: SIMD4<Double>) { self.values = values }

    /// The longest of them: resources work side by side, so the busiest one decides. No kernel is faster.
    public var longest: Seconds { Seconds(values.max()) }
    /// All of them, one after the other.
    public var sum: Seconds { Seconds(values.sum()) }

    /// The time of one resource.
    public subscript(bound: Price.Bound) -> Seconds { Seconds(values[Price.Bound.allCases.firstIndex(of: bound) ?? 0]) }
    /// The busiest resource; on a tie arithmetic, as at the ridge point.
    public var bound: Price.Bound { Price.Bound.allCases[values.firstOfLargest] }
  }
}

extension SIMD4<Double> {
  /// Where the largest stands; of equal ones the first.
  @inline(__always)
  var firstOfLargest: Int {
    var best = 0
    if self[1] > self[best] { best = 1 }
    if self[2] > self[best] { best = 2 }
    if self[3] > self[best] { best = 3 }
    return best
  }

  /// For every term its sum over the steps at which it is the largest, of terms that grow by the same amount a step, from
  /// these to `last` in `count` steps, at least 1; on a tie the one that grows faster.
  ///
  /// Between the steps at which two terms change places one term is the largest, and its sum is that of an arithmetic
  /// series: no step is sampled or left out, and the effort does not depend on their number.
  func sumsOfLargest(to last: SIMD4<Double>, count: Double) -> SIMD4<Double> {
    guard count > 1 else {
      var only = SIMD4<Double>.zero
      let best = firstOfLargest
      only[best] = self[best] * count
      return only
    }
    let slopes = (last - self) / (count - 1)
    var sums = SIMD4<Double>.zero
    var step = 0.0
    while step < count {
      let now = step == 0 ? self : self + slopes * step
      var best = 0
      for index in 1..<4 where now[index] > now[best] || (now[index] == now[best] && slopes[index] > slopes[best]) {
        best = index
      }
      // A term that grows faster overtakes after as many steps as it lies behind, in units of what it catches up.
      var next = count
      for index in 0..<4 where slopes[index] > slopes[best] {
        next = Swift.min(next, step + 1 + ((now[best] - now[index]) / (slopes[index] - slopes[best])).rounded(.down))
      }
      let end = next == count ? last[best] : self[best] + slopes[best] * (next - 1)
      sums[best] += (next - step) * (now[best] + end) / 2
      step = next
    }
    return sums
  }
}
