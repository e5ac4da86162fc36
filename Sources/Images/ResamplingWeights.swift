/// For each pixel of a part of a resized line, which pixels it is made of and with what weights.
struct ResamplingWeights {
  /// The first of the `taps` pixels that each is made of.
  private(set) var starts: [Int32] = []
  /// `taps` weights for each, as whole numbers of 2^-22.
  private(set) var weights: [Int32] = []
  /// Pixels that each is made of; some may have the weight 0.
  private(set) var taps = 0

  /// The weights for the pixels `part` of a line of `count` pixels that are made `total`, as in Pillow's Resample.c.
  ///
  /// `taps` is a multiple of `multiple` where the line is long enough.
  init(_ filter: ResamplingFilter, from count: Int, to total: Int, part: Range<Int>, multiple: Int = 1) {
    let scale = Double(count) / Double(total)
    let spread = max(scale, 1)
    let support = filter.support * spread
    let inverse = 1 / spread
    var ranges: [Range<Int>] = []
    var exact: [Double] = []
    for index in part {
      let center = (Double(index) + 0.5) * scale
      let low = max(0, Int(center - support + 0.5))
      let high = min(count, Int(center + support + 0.5))
      ranges.append(low..<max(low, high))
      taps = max(taps, high - low)
    }
    taps = min((taps + multiple - 1) / multiple * multiple, count)
    starts.reserveCapacity(part.count)
    weights = [Int32](repeating: 0, count: taps * part.count)
    for (position, index) in part.enumerated() {
      let center = (Double(index) + 0.5) * scale
      let range = ranges[position]
      exact.removeAll(keepingCapacity: true)
      for pixel in range { exact.append(filter.weight(at: (Double(pixel) - center + 0.5) * inverse)) }
      let sum = exact.reduce(0, +)
      let start = min(range.lowerBound, count - taps)
      starts.append(Int32(start))
      let first = position * taps + range.lowerBound - start
      for (offset, weight) in exact.enumerated() {
        let scaled = (sum == 0 ? weight : weight / sum) * 4_194_304
        weights[first + offset] = Int32(scaled < 0 ? scaled - 0.5 : scaled + 0.5)
      }
    }
  }
}
