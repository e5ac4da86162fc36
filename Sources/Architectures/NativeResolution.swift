/// How towers that take images at their own size scale them: to whole cells of merged patches, within limits, near the size
/// and shape that they have.
///
/// After `smart_resize` of transformers 5.23.0 (Qwen-VL, GLM-V), and the processors of Gemma 4 and Kimi-VL, which differ as
/// said below.
package struct NativeResolution: Sendable, Hashable {
  /// Pixels along a side of the patches that become one token.
  package var cell: Int
  /// The fewest pixels.
  package var minimum: Int
  /// The most pixels.
  package var maximum: Int
  /// Whether every image is scaled to the most pixels, sides down to whole cells (Gemma 4).
  package var fills: Bool
  /// The side of a patch where an image is scaled down alone, by its number of whole patches, and then filled up to whole
  /// cells (Kimi-VL); nil where its sides are rounded to cells.
  package var padding: Int?

  /// The limits of a video's frames, where they are others.
  package var video: Video?

  /// Limits of the frames of a video.
  package struct Video: Sendable, Hashable {
    /// The fewest and the most pixels.
    package var minimum, maximum: Int
    /// Whether they are those of all frames together, and not of each.
    package var areOfAll: Bool

    /// Limits of each frame or of all together.
    package init(minimum: Int, maximum: Int, areOfAll: Bool) {
      (self.minimum, self.maximum, self.areOfAll) = (minimum, maximum, areOfAll)
    }
  }

  /// The same for the frames of a video of so many.
  func ofVideo(_ frames: Int) -> NativeResolution {
    guard let video else { return self }
    var copy = self
    // Frames count in pairs, as they are encoded; halves of a pixel do not matter against whole cells.
    let count = video.areOfAll ? max(2, (frames + 1) / 2 * 2) : 1
    (copy.minimum, copy.maximum) = ((video.minimum + count - 1) / count, max(1, video.maximum / count))
    return copy
  }

  /// Cells of so many pixels a side, within limits.
  package init(cell: Int, minimum: Int, maximum: Int, fills: Bool = false, padding: Int? = nil) {
    (self.cell, self.minimum, self.maximum, self.fills, self.padding) = (cell, minimum, maximum, fills, padding)
  }

  func plan(for image: ImageSize, patchSize: Int) -> ImagePlan? {
    guard let size = size(for: image) else { return nil }
    let grid = PatchGrid(rows: size.height / patchSize, columns: size.width / patchSize)
    return ImagePlan(grid: grid, tokens: size.height / cell * (size.width / cell))
  }

  /// The size that an image is scaled to; nil if its sides differ by more than a factor of 200, which is refused.
  package func size(for image: ImageSize) -> ImageSize? {
    let width = Double(image.width)
    let height = Double(image.height)
    guard max(width, height) <= 200 * min(width, height) else { return nil }
    if let padding { return filledUp(image, patch: padding) }
    let cell = Double(cell)
    func cells(_ pixels: Double, _ rule: FloatingPointRoundingRule) -> Double { (pixels / cell).rounded(rule) * cell }
    var scaled = (width: cells(width, .toNearestOrEven), height: cells(height, .toNearestOrEven))
    if fills {
      let ratio = (Double(maximum) / (width * height)).squareRoot()
      scaled = (cells(width * ratio, .down), cells(height * ratio, .down))
      // A side that is no cell wide is made one; the other then has whole times as many.
      let most = (Double(maximum) / (cell * cell)).rounded(.down) * cell
      if scaled.width < cell { scaled = (cell, min(most, (height / width).rounded(.down) * cell)) }
      if scaled.height < cell { scaled = (min(most, (width / height).rounded(.down) * cell), cell) }
    } else if scaled.width * scaled.height > Double(maximum) {
      let ratio = (width * height / Double(maximum)).squareRoot()
      scaled = (max(cell, cells(width / ratio, .down)), max(cell, cells(height / ratio, .down)))
    } else if scaled.width * scaled.height < Double(minimum) {
      let ratio = (Double(minimum) / (width * height)).squareRoot()
      scaled = (cells(width * ratio, .up), cells(height * ratio, .up))
    }
    return ImageSize(width: Int(scaled.width), height: Int(scaled.height))
  }

  /// An image that has too many whole patches scaled down, then filled up to whole cells.
  ///
  /// Source: `rescale` in image_processing_kimi_vl.py of huggingface.co/moonshotai/Kimi-VL-A3B-Instruct.
  private func filledUp(_ image: ImageSize, patch: Int) -> ImageSize {
    var (width, height) = (image.width, image.height)
    let (patches, most) = (width / patch * (height / patch), maximum / (patch * patch))
    if patches > most {
      let ratio = (Double(most) / Double(patches)).squareRoot()
      (width, height) = (max(1, Int(Double(width) * ratio)), max(1, Int(Double(height) * ratio)))
    }
    func whole(_ pixels: Int) -> Int { (pixels + cell - 1) / cell * cell }
    return ImageSize(width: whole(width), height: whole(height))
  }
}
