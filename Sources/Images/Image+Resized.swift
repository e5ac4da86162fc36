internal import CImages
package import Documents

extension Image {
  /// The picture resized as Pillow 13's `resize` does, pixel for pixel: antialiased, in two passes with 8 bits in between.
  ///
  /// Pillow before 13 always begins across; where 13 begins down (see `beginsDown`), its pixels differ a little.
  /// - Throws: `Diagnostic` if the size is not within the limits of `init(width:height:pixels:)`.
  package func resized(width: Int, height: Int, by filter: ResamplingFilter = .bicubic) throws(Diagnostic) -> Image {
    if let refusal = Self.refusal(width: width, height: height) { throw Diagnostic("a resized picture \(refusal)") }
    return resized(width: width, height: height, columns: 0..<width, rows: 0..<height, by: filter)
  }

  /// The part `columns` x `rows`, which is not empty, of the picture resized to `width` x `height`; nothing else is
  /// computed.
  func resized(
    width newWidth: Int, height newHeight: Int, columns: Range<Int>, rows: Range<Int>, by filter: ResamplingFilter,
    level: Int32 = images_best_level()
  ) -> Image {
    if (newWidth, newHeight) == (width, height) { return part(columns: columns, rows: rows) }
    guard filter != .nearest else {
      return picked(
        columns: Self.nearest(from: width, to: newWidth, part: columns),
        rows: Self.nearest(from: height, to: newHeight, part: rows))
    }
    let across = ResamplingWeights(filter, from: width, to: newWidth, part: columns, multiple: 8)
    let down = ResamplingWeights(filter, from: height, to: newHeight, part: rows)
    if Self.beginsDown(from: (width, height), to: (newWidth, newHeight)) {
      return resampledDown(down, level).resampledAcross(across, 0..<rows.count, level)
    }
    // Only the rows that the second pass reads.
    let first = down.starts.min() ?? 0
    let last = min(height, Int(down.starts.max() ?? 0) + down.taps)
    return resampledAcross(across, Int(first)..<last, level).resampledDown(down, from: first, level)
  }

  /// Whether the first pass is that down the columns: where it takes away more than twice as many pixels as the other.
  ///
  /// Found by comparing Pillow 13.0.0 with both orders: it held in 19,113 of 19,113 random cases.
  private static func beginsDown(from old: (width: Int, height: Int), to new: (width: Int, height: Int)) -> Bool {
    old.height - new.height > 2 * max(0, old.width - new.width)
  }

  /// The given rows, each resampled.
  private func resampledAcross(_ across: ResamplingWeights, _ rows: Range<Int>, _ level: Int32) -> Image {
    let factors = across.weights.flatMap { [$0, $0, $0] }
    let count = across.starts.count
    return Image(width: count, height: rows.count) { target in
      pixels.withUnsafeBufferPointer { pixels in
        guard let pixels = pixels.baseAddress else { return }
        for (index, row) in rows.enumerated() {
          images_resample_row(
            pixels + 3 * width * row, across.starts, factors, across.taps, count, target + 3 * count * index, level)
        }
      }
    }
  }

  /// All columns resampled; the first row stands where `first` is in the weights.
  private func resampledDown(_ down: ResamplingWeights, from first: Int32 = 0, _ level: Int32) -> Image {
    let stride = 3 * width
    return Image(width: width, height: down.starts.count) { target in
      pixels.withUnsafeBufferPointer { pixels in
        down.weights.withUnsafeBufferPointer { weights in
          guard let pixels = pixels.baseAddress, let weights = weights.baseAddress else { return }
          for (row, start) in down.starts.enumerated() {
            images_resample_column(
              pixels + Int(start - first) * stride, weights + row * down.taps, down.taps, stride,
              target + row * stride, level)
          }
        }
      }
    }
  }

  /// A picture, not empty, whose pixels `fill` writes, all of them.
  private init(width: Int, height: Int, fill: (UnsafeMutablePointer<UInt8>) -> Void) {
    let count = 3 * width * height
    let pixels = [UInt8](unsafeUninitializedCapacity: count) { target, initialized in
      guard let target = target.baseAddress else { return }
      fill(target)
      initialized = count
    }
    self.init(unchecked: pixels, width: width, height: height)
  }

  /// The part `columns` x `rows` of the picture, which is not empty.
  func part(columns: Range<Int>, rows: Range<Int>) -> Image {
    var result: [UInt8] = []
    result.reserveCapacity(3 * columns.count * rows.count)
    for row in rows {
      let start = 3 * (row * width + columns.lowerBound)
      result.append(contentsOf: pixels[start..<start + 3 * columns.count])
    }
    return Image(unchecked: result, width: columns.count, height: rows.count)
  }

  /// The pixels where these columns and rows meet.
  private func picked(columns: [Int], rows: [Int]) -> Image {
    var result: [UInt8] = []
    result.reserveCapacity(3 * columns.count * rows.count)
    for row in rows {
      for column in columns {
        let start = 3 * (row * width + column)
        result.append(contentsOf: pixels[start..<start + 3])
      }
    }
    return Image(unchecked: result, width: columns.count, height: rows.count)
  }

  /// The pixel of a line of `count` that each pixel `part` of `total` comes from: a sum that grows step by step, with the
  /// rounding that this brings, as in Pillow's Geometry.c.
  private static func nearest(from count: Int, to total: Int, part: Range<Int>) -> [Int] {
    let step = Double(count) / Double(total)
    var place = step * 0.5
    var result: [Int] = []
    for index in 0..<part.upperBound {
      if index >= part.lowerBound { result.append(min(count - 1, Int(place))) }
      place += step
    }
    return result
  }
}
