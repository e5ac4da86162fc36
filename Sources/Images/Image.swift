package import Documents

/// A picture: 8 bits of red, green and blue a pixel.
package struct Image: Sendable, Equatable {
  /// Pixels from left to right.
  package let width: Int
  /// Pixels from top to bottom.
  package let height: Int
  /// Red, green and blue of each pixel, row by row from the top: 3 * width * height bytes.
  package let pixels: [UInt8]
  /// The EXIF orientation, 1 to 8, where the file states one. It is not applied: `width`, `height` and `pixels` are as
  /// stored, as Pillow opens files, too.
  package let orientation: Int?
  /// What the decoder complained of in a file that it could read all the same, where it did.
  package let warning: String?

  /// Pictures with more pixels are refused; Pillow's limit.
  package static let pixelLimit = 178_956_970
  /// Pictures that are wider or higher are refused; libpng's limit.
  package static let sideLimit = 1_000_000
  /// Files with more bytes are refused.
  package static let byteLimit = 1 << 29
  /// Pictures are refused that take more bytes on the way: all numbers of a JPEG in several scans, of 16 bits each, or the
  /// rows of a PNG before their channels get 8 bits.
  package static let rawLimit = 500_000_000

  /// A picture of the given pixels.
  ///
  /// - Throws: `Diagnostic` if there are none, more than the limits allow, or others than 3 * width * height.
  package init(width: Int, height: Int, pixels: [UInt8]) throws(Diagnostic) {
    if let refusal = Self.refusal(width: width, height: height) { throw Diagnostic("a picture \(refusal)") }
    guard pixels.count == 3 * width * height else {
      throw Diagnostic("expected \(3 * width * height) bytes for \(width) x \(height) pixels, found \(pixels.count)")
    }
    self.init(unchecked: pixels, width: width, height: height)
  }

  /// A picture of pixels that are known to have this size.
  init(unchecked pixels: [UInt8], width: Int, height: Int, orientation: Int? = nil, warning: String? = nil) {
    self.width = width
    self.height = height
    self.pixels = pixels
    self.orientation = orientation
    self.warning = warning
  }

  /// Whether viewers would show the picture turned or mirrored.
  package var asksForRotation: Bool { orientation.map { $0 != 1 } ?? false }

  /// What is wrong with a size, or nil.
  static func refusal(width: Int, height: Int) -> String? {
    if width < 1 || height < 1 { return "has no pixels: it is \(width) x \(height)" }
    guard width <= sideLimit, height <= sideLimit, width * height <= pixelLimit else {
      return
        "has \(width) x \(height) pixels; at most \(pixelLimit), and \(sideLimit) on a side, are read; make it smaller"
    }
    return nil
  }
}
