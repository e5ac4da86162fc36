internal import CImages
public import Documents

extension Image {
  /// The picture resized as Pillow's `resize` does, pixel for pixel: antialiased, across first, then down, with 8 bits in
  /// between.
  ///
  /// - Throws: `Diagnostic` if the size is not within the limits of `init(width:height:pixels:)`.
  public func resized(width: Int, height: Int, by filter: ResamplingFilter = .bicubic) throws(Diagnostic) -> Image {
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
    let first = Int(down.starts.min() ?? 0)
    let last = min(height, Int(down.starts.max() ?? 0) + down.taps)
    let narrow = resampledRows(first..<last, across, level)
    let stride = 3 * columns.count
    let result = [UInt8](unsafeUninitializedCapacity: stride * rows.count) { target, initialized in
      narrow.withUnsafeBufferPointer { narrow in
        down.weights.withUnsafeBufferPointer { weights in
          guard let narrow = narrow.baseAddress, let weights = weights.baseAddress, let target = target.baseAddress
          else { return }
          for (row, start) in down.starts.enumerated() {
            images_resample_column(
              narrow + (Int(start) - first) * stride, weights + row * down.taps, down.taps, stride,
              target + row * stride, level)
          }
          initialized = stride * rows.count
        }
      }
    }
    return Image(unchecked: result, width: columns.count, height: rows.count)
  }

  /// The given rows, each resampled across.
  private func resampledRows(_ rows: Range<Int>, _ across: ResamplingWeights, _ level: Int32) -> [UInt8] {
    let factors = across.weights.flatMap { [$0, $0, $0] }
    let stride = 3 * across.starts.count
    return [UInt8](unsafeUninitializedCapacity: stride * rows.count) { target, initialized in
      pixels.withUnsafeBufferPointer { pixels in
        factors.withUnsafeBufferPointer { factors in
          guard let pixels = pixels.baseAddress, let factors = factors.baseAddress, let target = target.baseAddress
          else { return }
          for (index, row) in rows.enumerated() {
            images_resample_row(
              pixels + 3 * width * row, across.starts, factors, across.taps, across.starts.count,
              target + index * stride, level)
          }
          initialized = stride * rows.count
        }
      }
    }
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
