#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A filter that pictures are resized with, numbered as in Pillow and in `preprocessor_config.json`.
public enum ResamplingFilter: Int, Sendable, CaseIterable {
  case nearest = 0
  case lanczos = 1
  case bilinear = 2
  case bicubic = 3
  case box = 4
  case hamming = 5

  /// How far from its centre the filter reaches, in pixels of the larger of both pictures.
  var support: Double {
    switch self {
    case .nearest: 0
    case .box: 0.5
    case .bilinear, .hamming: 1
    case .bicubic: 2
    case .lanczos: 3
    }
  }

  /// The filter's weight at a distance, as in Pillow's Resample.c; bicubic with a = -0.5.
  func weight(at distance: Double) -> Double {
    let x = abs(distance)
    switch self {
    case .nearest: return x == 0 ? 1 : 0
    case .box: return distance > -0.5 && distance <= 0.5 ? 1 : 0
    case .bilinear: return x < 1 ? 1 - x : 0
    case .bicubic:
      if x < 1 { return ((-0.5 + 2) * x - (-0.5 + 3)) * x * x + 1 }
      return x < 2 ? (((x - 5) * x + 8) * x - 4) * -0.5 : 0
    case .hamming:
      guard x > 0 else { return 1 }
      guard x < 1 else { return 0 }
      // Pillow writes these two numbers in single precision.
      return sin(x * .pi) / (x * .pi) * (Double(Float(0.54)) + Double(Float(0.46)) * cos(x * .pi))
    case .lanczos: return -3 <= distance && distance < 3 ? Self.sinc(distance) * Self.sinc(distance / 3) : 0
    }
  }

  private static func sinc(_ x: Double) -> Double { x == 0 ? 1 : sin(x * .pi) / (x * .pi) }
}

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
