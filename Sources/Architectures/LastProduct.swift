internal import Operators

/// A product of what a vision encoder makes of an image as a whole: a pooler, a projection, a head for classes.
package struct LastProduct: Sendable, Hashable {
  /// Vectors of the encoder's width that it reads side by side: of the class token, of the mean of all patches, or both.
  package var vectors: Int
  /// What it makes of them.
  package var columns: Int
  /// Whether it has a bias.
  package var bias: Bool

  /// A product of so many vectors of an image.
  package init(vectors: Int = 1, columns: Int, bias: Bool = true) {
    (self.vectors, self.columns, self.bias) = (vectors, columns, bias)
  }

  /// Adds its operator over so many images.
  func append(images: Double, width: Double, to list: inout OperatorList) {
    list.add(
      .matmul(
        "last", rows: images, inner: Double(vectors) * width, columns: Double(columns), bias: bias, quantized: false))
  }
}
