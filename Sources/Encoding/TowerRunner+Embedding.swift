internal import Architectures
internal import CKernels
internal import Configurations
internal import Jobs
internal import LinearAlgebra
internal import Tensors

extension TowerRunner {
  /// Sets the tokens to those of an image: patches at their positions, the class token before them, through the first norm.
  func embed(_ pixels: TowerPixels) {
    let (description, leading) = (tower.description, tower.description.leading)
    pixels.values.elements.withUnsafeBufferPointer { numbers in
      guard let start = numbers.baseAddress else { return }
      if description.pixels == .planes {
        cutPatches(start, pixels)
      } else {
        gatherPatches(start)
      }
    }
    place(pixels.grid)
    tower.classToken?.withUnsafeBufferPointer { numbers in
      if let start = numbers.baseAddress { kernels_add(stream.start, start, width) }
    }
    run(
      [
        Product(
          tower.patches, input: hidden.start, inputStride: tower.patches.weight.columns,
          output: stream.start + leading * width, outputStride: width, adding: true)
      ], rows: tokens - leading)
    if let norm = tower.preNorm { normalize(norm, to: stream.start) }
  }

  /// Sets every token to the vector of its place, zeros where there is none.
  private func place(_ grid: PatchGrid) {
    let leading = tower.description.leading
    guard let table = tower.positions else {
      return stream.start.update(repeating: 0, count: tokens * width)
    }
    guard case .resampled(let resampling) = tower.description.positions else {
      return table.copy(rows: 0..<tokens, to: stream.start)
    }
    let numbers: [Float]
    if let known = positions, known.grid == grid {
      numbers = known.numbers
    } else {
      let all = table.numbers()
      let side = Int(Double(table.rows - leading).squareRoot())
      numbers = TowerPositions.resampled(
        [Float](all[(leading * width)...]), side: side, width: width, to: grid, resampling)
      positions = (grid, numbers)
    }
    if leading > 0 { table.copy(rows: 0..<leading, to: stream.start) }
    numbers.withUnsafeBufferPointer { numbers in
      guard let start = numbers.baseAddress else { return }
      let patches = grid.rows * grid.columns
      for (token, place) in order.places.enumerated() {
        (stream.start + (leading + token) * width).update(from: start + place % patches * width, count: width)
      }
    }
  }

  /// Writes the pixels of every patch in a row: [patches, channels x patch size x patch size].
  private func cutPatches(_ pixels: UnsafePointer<Float>, _ picture: TowerPixels) {
    let (height, wide, side) = (picture.values.shape[1], picture.values.shape[2], encoder.patchSize)
    let (columns, output, channels) = (tower.patches.weight.columns, hidden.start, encoder.channels)
    let grid = picture.grid
    workers.run(grid.rows) { row, _ in
      for column in 0..<grid.columns {
        let patch = output + (row * grid.columns + column) * columns
        for channel in 0..<channels {
          for line in 0..<side {
            let source = pixels + (channel * height + row * side + line) * wide + column * side
            (patch + (channel * side + line) * side).update(from: source, count: side)
          }
        }
      }
    }
  }

  /// Writes the rows of pixels in the order of tokens.
  private func gatherPatches(_ pixels: UnsafePointer<Float>) {
    let columns = tower.patches.weight.columns
    var rows = [Int](repeating: 0, count: order.inputPlaces.count)
    for (row, place) in order.inputPlaces.enumerated() { rows[place] = row }
    for (token, place) in order.places.enumerated() {
      (hidden.start + token * columns).update(from: pixels + rows[place] * columns, count: columns)
    }
  }
}
