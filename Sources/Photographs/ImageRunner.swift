package import Documents
internal import Encoding
internal import Images

/// What runs an encoder on one picture after the other; each thread needs its own.
package final class ImageRunner {
  /// The encoder; nil where nobody looks at what is in a picture.
  package let encoder: ImageEncoder?
  let tower: TowerRunner?

  /// Makes room for a picture and starts threads.
  ///
  /// - Parameter threads: how many threads work on one picture.
  /// - Throws: `Diagnostic` without OpenBLAS.
  package init(_ encoder: ImageEncoder?, threads: Int = TowerRunner.processors) throws(Diagnostic) {
    self.encoder = encoder
    if let encoder { tower = try TowerRunner(encoder.tower, threads: threads) } else { tower = nil }
  }
}
