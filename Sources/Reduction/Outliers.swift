/// The rule by which PruMerge tells the patches that matter: those whose attention is an outlier.
///
/// J. W. Tukey's fences (1977): larger than Q3 + 1.5 (Q3 - Q1), strictly. Quartiles are interpolated linearly and all
/// is done in single precision, as `numpy.percentile` and `torch.quantile` do it for single-precision numbers: other
/// arithmetic can decide otherwise for a number that lies on the fence. At most a quarter of the numbers can be
/// outliers.
enum Outliers {
  /// How many of `numbers` are larger than the upper fence.
  static func count(in numbers: [Float]) -> Int {
    let sorted = numbers.sorted()
    let (first, third) = (quantile(0.25, of: sorted), quantile(0.75, of: sorted))
    let fence = third + 1.5 * (third - first)
    return sorted.reversed().prefix { $0 > fence }.count
  }

  /// The number below which a `fraction` of the `sorted` numbers lie; 0 if there are none.
  static func quantile(_ fraction: Double, of sorted: [Float]) -> Float {
    guard let last = sorted.last else { return 0 }
    let position = fraction * Double(sorted.count - 1)
    let index = Int(position)
    let lower = sorted[index]
    let upper = index + 1 < sorted.count ? sorted[index + 1] : last
    let weight = Float(position - Double(index))
    // From the nearer end, so that a weight of 1 gives `upper` exactly.
    return weight < 0.5 ? lower + (upper - lower) * weight : upper - (upper - lower) * (1 - weight)
  }
}
