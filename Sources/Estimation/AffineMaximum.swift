/// The sum over equally spaced steps of the largest of several terms, each of which grows by the same amount a step.
///
/// Between the steps at which two terms change places one term is the largest, and its sum is that of an arithmetic
/// series: no step is sampled or left out, and the effort does not depend on their number.
struct AffineMaximum {
  /// The terms at the first and at the last step.
  let first, last: [Double]
  /// How many steps there are, at least 1.
  let count: Double

  /// For every term the sum over the steps at which it is the largest; on a tie it is the first one.
  func shares() -> [Double] {
    var shares = [Double](repeating: 0, count: first.count)
    var start = 0.0
    for end in lastSteps() {
      let middle = (start + end) / 2
      var best = 0
      for index in first.indices.dropFirst() where value(index, middle) > value(best, middle) { best = index }
      shares[best] += (end - start + 1) * (value(best, start) + value(best, end)) / 2
      start = end + 1
    }
    return shares
  }

  private func value(_ index: Int, _ step: Double) -> Double {
    count > 1 ? first[index] + (last[index] - first[index]) * (step / (count - 1)) : first[index]
  }

  /// The last step of every stretch in which no two terms change places.
  private func lastSteps() -> [Double] {
    var cuts: Set<Double> = [count - 1]
    for one in first.indices {
      for other in first.indices where other > one {
        let before = first[one] - first[other]
        let after = last[one] - last[other]
        guard (before < 0) != (after < 0) else { continue }
        let cut = (before / (before - after) * (count - 1)).rounded(.down)
        if cut >= 0, cut < count - 1 { cuts.insert(cut) }
      }
    }
    return cuts.sorted()
  }
}
