package import Architectures
package import Configurations
package import Documents
package import Tensors

/// The pixels of a picture as a tower is fed them.
package struct TowerPixels: Sendable {
  /// [channels, height, width] or, for towers that take rows, [patches, numbers of a patch].
  package let values: Tensor<Float>
  /// Patches down and across.
  package let grid: PatchGrid
  /// Groups of frames, one after the other: 1 for a picture.
  package let frames: Int

  /// Pixels that somebody prepared: planes, whose size says how the patches lie, or rows of patches in a grid.
  ///
  /// - Throws: `Diagnostic`, naming the file, for a shape that is not the tower's, or a number that is NaN or infinite.
  package init(
    _ values: Tensor<Float>, grid: PatchGrid? = nil, frames: Int = 1, for tower: TowerDescription, name: String
  ) throws(Diagnostic) {
    (self.values, self.frames) = (values, frames)
    self.grid =
      tower.pixels == .planes
      ? try Self.planes(values.shape, tower, name) : try Self.patches(values.shape, grid, frames, tower, name)
    if let index = values.elements.firstIndex(where: { !$0.isFinite }) {
      throw Diagnostic(file: name, "pixel_values holds \(values.elements[index]) at index \(index) (from 0)")
    }
  }

  /// The grid of a picture's planes.
  private static func planes(
    _ shape: [Int], _ tower: TowerDescription, _ name: String
  ) throws(Diagnostic) -> PatchGrid {
    let (encoder, channels) = (tower.encoder, tower.encoder.channels)
    let size = encoder.imageSize
    let expected = tower.isFixed ? "\(channels) x \(size) x \(size)" : "\(channels) planes of whole patches"
    guard shape.count == 3, shape[0] == channels, !tower.isFixed || (shape[1], shape[2]) == (size, size),
      min(shape[1], shape[2]) >= encoder.patchSize
    else {
      throw Diagnostic(
        file: name,
        "has pixel values of the shape \(shape); the \(tower.kind) tower expects \(expected)")
    }
    return PatchGrid(rows: shape[1] / encoder.patchSize, columns: shape[2] / encoder.patchSize)
  }

  /// The grid of flattened patches, which must be whole cells.
  private static func patches(
    _ shape: [Int], _ grid: PatchGrid?, _ frames: Int, _ tower: TowerDescription, _ name: String
  ) throws(Diagnostic) -> PatchGrid {
    guard shape.count == 2, shape[1] == tower.patchNumbers else {
      throw Diagnostic(
        file: name,
        "has pixel values of the shape \(shape); the \(tower.kind) tower expects [patches, \(tower.patchNumbers)]")
    }
    guard let grid else {
      throw Diagnostic(
        file: name, "does not say how its \(shape[0]) patches lie; give a tensor grid_thw [1, 3] beside pixel_values")
    }
    let (count, overflow) = grid.rows.multipliedReportingOverflow(by: grid.columns)
    guard !overflow, min(grid.rows, grid.columns, frames) >= 1, count <= shape[0], shape[0] == count * frames,
      grid.rows.isMultiple(of: tower.cell), grid.columns.isMultiple(of: tower.cell)
    else {
      throw Diagnostic(
        file: name,
        "says that its \(shape[0]) patches are \(frames) x \(grid.rows) x \(grid.columns), in cells of "
          + "\(tower.cell) x \(tower.cell); that does not fit")
    }
    return grid
  }

  /// The frames of a clip, or one picture, as planes [channels, height, width] of one size, laid out for the tower; where a
  /// patch covers several frames the last one is repeated.
  ///
  /// - Throws: `Diagnostic`, naming the file, if the planes are not of whole patches of the tower.
  package init(planes: [Tensor<Float>], for tower: TowerDescription, name: String) throws(Diagnostic) {
    guard let first = planes.first, first.shape.count == 3, planes.allSatisfy({ $0.shape == first.shape }) else {
      throw Diagnostic(file: name, "has frames of several sizes, or none")
    }
    guard tower.pixels != .planes else {
      try self.init(first, for: tower, name: name)
      return
    }
    let (encoder, side) = (tower.encoder, tower.encoder.patchSize)
    let grid = PatchGrid(rows: first.shape[1] / side, columns: first.shape[2] / side)
    guard first.shape[0] == encoder.channels, first.shape[1] == grid.rows * side, first.shape[2] == grid.columns * side
    else {
      throw Diagnostic(
        file: name, "has frames of the shape \(first.shape), which are no whole patches of \(side) pixels")
    }
    let depth = encoder.framesPerPatch
    let groups = (planes.count + depth - 1) / depth
    let order = TokenOrder(grid: grid, frames: groups, tower)
    var numbers = [Float](repeating: 0, count: order.places.count * tower.patchNumbers)
    numbers.withUnsafeMutableBufferPointer { output in
      guard let output = output.baseAddress else { return }
      for (row, place) in order.inputPlaces.enumerated() {
        let (group, patch) = place.quotientAndRemainder(dividingBy: grid.rows * grid.columns)
        let corner = (row: patch / grid.columns * side, column: patch % grid.columns * side)
        for frame in 0..<depth {
          let plane = planes[min(group * depth + frame, planes.count - 1)].elements
          plane.withUnsafeBufferPointer { pixels in
            guard let pixels = pixels.baseAddress else { return }
            Self.copy(
              pixels, first.shape, corner, tower, frame: frame, to: output + row * tower.patchNumbers)
          }
        }
      }
    }
    guard let rows = Tensor(shape: [order.places.count, tower.patchNumbers], elements: numbers) else {
      throw Diagnostic(file: name, "the pixel values do not fill their shape")
    }
    try self.init(rows, grid: grid, frames: groups, for: tower, name: name)
  }

  /// Copies the pixels of a patch of one frame to its row.
  private static func copy(
    _ pixels: UnsafePointer<Float>, _ shape: [Int], _ corner: (row: Int, column: Int), _ tower: TowerDescription,
    frame: Int, to row: UnsafeMutablePointer<Float>
  ) {
    let (side, channels, depth) = (tower.encoder.patchSize, shape[0], tower.encoder.framesPerPatch)
    for channel in 0..<channels {
      for line in 0..<side {
        let source = pixels + (channel * shape[1] + corner.row + line) * shape[2] + corner.column
        if tower.pixels == .interleaved {
          for column in 0..<side { row[(line * side + column) * channels + channel] = source[column] }
        } else {
          (row + ((channel * depth + frame) * side + line) * side).update(from: source, count: side)
        }
      }
    }
  }
}

extension SafetensorsFile {
  /// The pixels of one tile for a tower: planes, or rows of patches with what says how they lie beside them; of a batch of
  /// one as well.
  ///
  /// - Throws: `Diagnostic` if they do not suit the tower.
  func rows(of tensor: Tensor<Float>, for tower: TowerDescription) throws(Diagnostic) -> TowerPixels {
    let rank = tower.pixels == .planes ? 3 : 2
    let isBatch = tensor.shape.count == rank + 1 && tensor.shape[0] == 1
    guard
      var values = Tensor(shape: isBatch ? [Int](tensor.shape.dropFirst()) : tensor.shape, elements: tensor.elements)
    else { throw Diagnostic(file: path, "pixel_values do not fill their shape") }
    let places = ["grid_thw", "image_grid_thw", "video_grid_thw", "spatial_shapes"]
    guard rank == 2, values.shape.count == 2, let name = places.first(where: names.contains) else {
      return try TowerPixels(values, for: tower, name: path)
    }
    let numbers = try indices(named: name)
    guard let grid = PatchGrid(numbers.suffix(2)), (2...3).contains(numbers.count) else {
      throw Diagnostic(file: path, "\(name) is \(numbers); expected frames, rows and columns of one picture")
    }
    let frames = numbers.count == 3 ? numbers[0] : 1
    // NaFlex pads to one number of patches.
    let (count, overflow) = grid.rows.multipliedReportingOverflow(by: grid.columns)
    if tower.pixels == .interleaved, !overflow, (1..<values.shape[0]).contains(count),
      let cut = Tensor(
        shape: [count, values.shape[1]], elements: [Float](values.elements.prefix(count * values.shape[1])))
    {
      values = cut
    }
    return try TowerPixels(values, grid: grid, frames: frames, for: tower, name: path)
  }
}

extension PatchGrid {
  /// Rows and columns, two numbers of at least 1 and at most 100,000.
  fileprivate init?(_ numbers: some Collection<Int>) {
    let sides = [Int](numbers)
    guard sides.count == 2, sides.allSatisfy((1...100_000).contains) else { return nil }
    self.init(rows: sides[0], columns: sides[1])
  }
}
