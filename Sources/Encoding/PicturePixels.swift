package import Architectures
package import Configurations
package import Documents
package import Tensors

/// The pixels of a whole picture as a tower is fed them: in one or several tiles, or the frames of a clip.
package struct PicturePixels: Sendable {
  /// The tiles, in the order in which they pass the tower: at least one, all of the same shape.
  package let tiles: [TowerPixels]
  /// The size of the picture before it was cut; nil for one that was not, or of which it is not known.
  package let size: ImageSize?

  /// The tiles of a picture.
  ///
  /// - Throws: `Diagnostic`, naming the file, if there is none, or they differ in shape.
  package init(_ tiles: [TowerPixels], size: ImageSize? = nil, name: String) throws(Diagnostic) {
    guard let first = tiles.first, tiles.allSatisfy({ $0.values.shape == first.values.shape }) else {
      throw Diagnostic(file: name, "has no tiles, or tiles of several sizes")
    }
    (self.tiles, self.size) = (tiles, size)
  }

  /// What stands beside `pixel_values` in a file.
  var integers: [String: Tensor<Int32>] {
    var integers: [String: Tensor<Int32>] = [:]
    if let pixels = tiles.first, pixels.values.shape.count == 2 {
      let sides = [pixels.frames, pixels.grid.rows, pixels.grid.columns].map { Int32(clamping: $0) }
      integers["grid_thw"] = Tensor(shape: [1, 3], elements: sides)
    }
    if let size {
      let sides = [size.height, size.width].map { Int32(clamping: $0) }
      integers["image_sizes"] = Tensor(shape: [1, 2], elements: sides)
    }
    return integers
  }
}

extension SafetensorsFile {
  /// More tiles of a picture are refused.
  private static var tileLimit: Int { 1024 }

  /// The tensor `pixel_values` of a picture for a tower: [channels, height, width], [tiles, channels, height, width], or
  /// either of a batch of one; or rows of patches with `grid_thw` (`image_grid_thw`) or `spatial_shapes` beside them, as
  /// transformers' processors make them. `image_sizes` [1, 2] says the height and width of a picture that was cut.
  ///
  /// - Throws: `Diagnostic` if there is none, or it does not suit the tower.
  package func pixels(for tower: TowerDescription) throws(Diagnostic) -> PicturePixels {
    let tensor = try tensor(named: "pixel_values")
    guard tower.pixels == .planes, tensor.shape.count > 3 else {
      return try PicturePixels([rows(of: tensor, for: tower)], name: path)
    }
    let (shape, count) = (tensor.shape.suffix(3), tensor.shape.dropLast(3).reduce(1, *))
    guard tensor.shape.count == 4 || tensor.shape.count == 5 && tensor.shape[0] == 1,
      (1...Self.tileLimit).contains(count)
    else {
      throw Diagnostic(
        file: path,
        "has pixel values of the shape \(tensor.shape); expected [tiles, channels, height, width] of one picture")
    }
    var tiles: [TowerPixels] = []
    let numbers = shape.reduce(1, *)
    for tile in 0..<count {
      let part = [Float](tensor.elements[tile * numbers..<(tile + 1) * numbers])
      guard let values = Tensor(shape: [Int](shape), elements: part) else {
        throw Diagnostic(file: path, "pixel_values do not fill their shape")
      }
      tiles.append(try TowerPixels(values, for: tower, name: path))
    }
    return try PicturePixels(tiles, size: try pictureSize(), name: path)
  }

  /// Height and width of the picture, where the file says them.
  private func pictureSize() throws(Diagnostic) -> ImageSize? {
    guard names.contains("image_sizes") else { return nil }
    let sides = try indices(named: "image_sizes")
    guard sides.count == 2, sides.allSatisfy((1...ImageSize.limit).contains) else {
      throw Diagnostic(file: path, "image_sizes is \(sides); expected the height and width of one picture")
    }
    return ImageSize(width: sides[1], height: sides[0])
  }
}
