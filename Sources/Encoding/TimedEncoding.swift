package import Documents
package import Tensors

/// A tower's run on an image and how long it took here.
package struct TimedEncoding: Sendable {
  /// What the tower says of the image.
  package let image: EncodedImage
  /// The median of the runs, in seconds.
  package let seconds: Double

  /// Runs so many times (at least once) on `pixels` [channels, height, width].
  ///
  /// - Throws: `Diagnostic` as `TowerRunner.encode` does, and for pixels of another number of dimensions.
  package init(
    _ runner: TowerRunner, pixels: Tensor<Float>, name: String, repetitions: Int = 1
  ) throws(Diagnostic) {
    guard pixels.shape.count == 3 else {
      throw Diagnostic(file: name, "pixel_values has the shape \(pixels.shape); expected [channels, height, width]")
    }
    let clock = ContinuousClock()
    var times: [Duration] = []
    func run() throws(Diagnostic) -> EncodedImage {
      let start = clock.now
      let image = try runner.encode(
        pixels: pixels.elements, height: pixels.shape[1], width: pixels.shape[2], name: name)
      times.append(clock.now - start)
      return image
    }
    var image = try run()
    for _ in 1..<max(1, repetitions) { image = try run() }
    times.sort()
    self.image = image
    seconds = (times[(times.count - 1) / 2] + times[times.count / 2]) / 2 / .seconds(1)
  }
}

extension SafetensorsFile {
  /// The tensor `pixel_values`: [channels, height, width], or of a batch of one image.
  ///
  /// - Throws: `Diagnostic` if there is none, or it has another shape.
  package func pixelValues() throws(Diagnostic) -> Tensor<Float> {
    let tensor = try tensor(named: "pixel_values")
    let shape = tensor.shape.count == 4 && tensor.shape[0] == 1 ? [Int](tensor.shape.dropFirst()) : tensor.shape
    guard shape.count == 3, let image = Tensor(shape: shape, elements: tensor.elements) else {
      throw Diagnostic(
        file: path, "pixel_values has the shape \(tensor.shape); expected [3, height, width] of one image")
    }
    return image
  }
}
