package import Documents

/// A tower's run on an image and how long it took here.
package struct TimedEncoding: Sendable {
  /// What the image is called.
  package let name: String
  /// What the tower says of it.
  package let picture: EncodedPicture
  /// The pixels that it was fed.
  package let pixels: PicturePixels
  /// The median of the runs, in seconds.
  package let seconds: Double

  /// Runs so many times (at least once), all hidden states wanted.
  ///
  /// - Throws: `Diagnostic` as `TowerRunner.encode` does.
  package init(
    _ runner: TowerRunner, pixels: PicturePixels, name: String, repetitions: Int = 1
  ) throws(Diagnostic) {
    let clock = ContinuousClock()
    var times: [Duration] = []
    func run() throws(Diagnostic) -> EncodedPicture {
      let start = clock.now
      let image = try runner.encode(pixels, name: name, states: true)
      times.append(clock.now - start)
      return image
    }
    var image = try run()
    for _ in 1..<max(1, repetitions) { image = try run() }
    times.sort()
    (self.name, picture, self.pixels) = (name, image, pixels)
    seconds = (times[(times.count - 1) / 2] + times[times.count / 2]) / 2 / .seconds(1)
  }
}
