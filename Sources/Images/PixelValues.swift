package import Documents

/// What a vision tower is fed: a picture's channels as normalised numbers.
package struct PixelValues: Sendable, Equatable {
  /// Rows of each channel.
  package let height: Int
  /// Columns of each channel.
  package let width: Int
  /// Red, then green, then blue, each row by row: [3, height, width].
  package let values: [Float]

  /// Numbers that were made elsewhere.
  ///
  /// - Throws: `Diagnostic` if they are not 3 * height * width, or none.
  package init(height: Int, width: Int, values: [Float]) throws(Diagnostic) {
    let edges = 1...Image.sideLimit
    guard edges.contains(height), edges.contains(width), values.count == 3 * height * width else {
      throw Diagnostic("\(values.count) numbers are not the pixel values of \(width) x \(height) pixels in 3 channels")
    }
    self.init(unchecked: values, height: height, width: width)
  }

  /// Numbers that are known to be 3 * height * width.
  init(unchecked values: [Float], height: Int, width: Int) {
    self.height = height
    self.width = width
    self.values = values
  }
}
