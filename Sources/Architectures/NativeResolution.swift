/// How Qwen2-VL scales an image: to whole cells of merged patches, within limits, near its own size and shape.
///
/// After `smart_resize` of transformers 5.23.0, with the limits of its image processor (56 x 56 to 28 x 28 x 1280
/// pixels); published models come with preprocessor files that may state others.
public struct NativeResolution: Sendable, Hashable {
  /// Pixels along a side of the patches that become one token.
  public var cell: Int
  /// The fewest pixels.
  public var minimum = 56 * 56
  /// The most pixels.
  public var maximum = 28 * 28 * 1280

  /// The size that an image is scaled to; nil if its sides differ by more than a factor of 200, which is refused.
  public func size(for image: ImageSize) -> ImageSize? {
    let width = Double(image.width)
    let height = Double(image.height)
    guard max(width, height) <= 200 * min(width, height) else { return nil }
    let cell = Double(cell)
    func cells(_ pixels: Double, _ rule: FloatingPointRoundingRule) -> Double { (pixels / cell).rounded(rule) * cell }
    var scaled = (width: cells(width, .toNearestOrEven), height: cells(height, .toNearestOrEven))
    if scaled.width * scaled.height > Double(maximum) {
      let ratio = (width * height / Double(maximum)).squareRoot()
      scaled = (max(cell, cells(width / ratio, .down)), max(cell, cells(height / ratio, .down)))
    } else if scaled.width * scaled.height < Double(minimum) {
      let ratio = (Double(minimum) / (width * height)).squareRoot()
      scaled = (cells(width * ratio, .up), cells(height * ratio, .up))
    }
    return ImageSize(width: Int(scaled.width), height: Int(scaled.height))
  }
}
