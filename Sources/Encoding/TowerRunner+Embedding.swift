internal import Architectures
internal import CKernels
internal import Documents
internal import Jobs
internal import LinearAlgebra

extension TowerRunner {
  /// Sets the tokens to those of an image: patches and class token at their positions, through the first norm.
  func embed(_ pixels: [Float], height: Int, width: Int, name: String) throws(Diagnostic) {
    let size = encoder.imageSize
    guard height == size, width == size, pixels.count == encoder.channels * size * size else {
      throw Diagnostic(
        file: name,
        "has pixel values for \(width) x \(height) pixels (\(pixels.count) numbers); the tower in \(tower.folder) "
          + "expects \(encoder.channels) x \(size) x \(size)")
    }
    if let index = pixels.firstIndex(where: { !$0.isFinite }) {
      throw Diagnostic(file: name, "pixel_values holds \(pixels[index]) at index \(index) (from 0)")
    }
    self.name = name
    (tokens, sizes) = (encoder.tokens, nil)
    pixels.withUnsafeBufferPointer { if let start = $0.baseAddress { cutPatches(start) } }
    let positions = tower.positions
    positions.copy(rows: 0..<tokens, to: stream.start)
    tower.classToken.withUnsafeBufferPointer { numbers in
      if let start = numbers.baseAddress { kernels_add(stream.start, start, self.width) }
    }
    run(
      [
        Product(
          weight: tower.patches, bias: nil, input: hidden.start, inputStride: tower.patches.columns,
          output: stream.start + self.width, outputStride: self.width, adding: true)
      ], rows: encoder.patches)
    normalize(tower.preNorm, to: stream.start)
  }

  /// Writes the pixels of every patch in a row: [patches, channels x patch size x patch size].
  private func cutPatches(_ pixels: UnsafePointer<Float>) {
    let (size, side, grid) = (encoder.imageSize, encoder.patchSize, encoder.gridSize)
    let (columns, output, channels) = (tower.patches.columns, hidden.start, encoder.channels)
    workers.run(grid) { row, _ in
      for column in 0..<grid {
        let patch = output + (row * grid + column) * columns
        for channel in 0..<channels {
          for line in 0..<side {
            let source = pixels + (channel * size + row * side + line) * size + column * side
            (patch + (channel * side + line) * side).update(from: source, count: side)
          }
        }
      }
    }
  }
}
