package import Architectures
internal import Configurations
package import Documents
package import Encoding
package import Images
package import Reduction
internal import Tensors

/// A picture from a file in front of an encoder, which runs when something is asked of it, and then once.
package final class Photograph {
  /// The file, as the user named it.
  package let path: String
  /// Its place in a run over many, from 0.
  package let index: Int
  /// Its size as stored.
  package let size: ImageSize
  /// What the user should know of it, one sentence each.
  package let notes: [String]
  private let picture: Image
  let runner: ImageRunner
  private var prepared: Result<Image, Diagnostic>?
  private var encoded: Result<EncodedImage, Diagnostic>?

  /// Reads the picture at `path`.
  ///
  /// - Throws: `Diagnostic` if it cannot be read, or is no JPEG or PNG.
  package convenience init(_ path: String, at index: Int = 0, for runner: ImageRunner) throws(Diagnostic) {
    self.init(try Image(contentsOf: path), path, at: index, for: runner)
  }

  /// Reads the picture that is in memory, as it is in a file, and called `name`.
  ///
  /// - Throws: `Diagnostic` if it is no JPEG or PNG.
  package convenience init(decoding bytes: [UInt8], named name: String, for runner: ImageRunner) throws(Diagnostic) {
    self.init(try Image(decoding: bytes, name: name), name, at: 0, for: runner)
  }

  private init(_ picture: Image, _ path: String, at index: Int, for runner: ImageRunner) {
    self.path = path
    self.index = index
    self.runner = runner
    self.picture = picture
    size = ImageSize(width: picture.width, height: picture.height)
    var notes: [String] = []
    if let orientation = picture.orientation, picture.asksForRotation {
      notes.append("EXIF orientation \(orientation) is ignored, as Pillow does: the picture is read as it is stored")
    }
    if let warning = picture.warning { notes.append("damaged, but read: \(warning)") }
    self.notes = notes
  }

  private func encoder() throws(Diagnostic) -> (encoder: ImageEncoder, tower: TowerRunner) {
    guard let encoder = runner.encoder, let tower = runner.tower else {
      throw Diagnostic(file: path, "no encoder was given to look at the picture; name one with --encoder")
    }
    return (encoder, tower)
  }

  /// The picture as the encoder sees it: resized and cropped, 8 bits a channel.
  ///
  /// - Throws: `Diagnostic` if it is too narrow to be resized.
  package func seen() throws(Diagnostic) -> Image {
    if let prepared { return try prepared.get() }
    let result: Result<Image, Diagnostic>
    do throws(Diagnostic) {
      result = .success(try encoder().encoder.preprocessing.crop(of: picture))
    } catch {
      result = .failure(error.file == nil ? Diagnostic(file: path, error.message) : error)
    }
    prepared = result
    return try result.get()
  }

  /// What the encoder is fed: [3, height, width].
  ///
  /// - Throws: `Diagnostic` as `seen` does.
  package func pixelValues() throws(Diagnostic) -> PixelValues {
    try encoder().encoder.preprocessing.pixelValues(ofCrop: seen())
  }

  /// What the encoder says of the picture.
  ///
  /// - Throws: `Diagnostic` as `seen` does, or if pixels or weights are not sound.
  package func encodedImage() throws(Diagnostic) -> EncodedImage {
    if let encoded { return try encoded.get() }
    let result: Result<EncodedImage, Diagnostic>
    do throws(Diagnostic) {
      result = .success(try encoder().tower.encode(towerPixels(), name: path))
    } catch {
      result = .failure(error)
    }
    encoded = result
    return try result.get()
  }

  /// The same for reducers.
  ///
  /// - Throws: `Diagnostic` as `encodedImage` does.
  package func features() throws(Diagnostic) -> VisualFeatures { try encodedImage().features() }

  /// What the encoder is fed, laid out as its tower takes it.
  ///
  /// - Throws: `Diagnostic` as `seen` does, or if it does not suit the tower.
  package func towerPixels() throws(Diagnostic) -> TowerPixels {
    try TowerPixels(planes: [planes()], for: encoder().tower.tower.description, name: path)
  }

  /// The same as a tensor [3, height, width].
  private func planes() throws(Diagnostic) -> Tensor<Float> {
    let pixels = try pixelValues()
    guard let tensor = Tensor(shape: [3, pixels.height, pixels.width], elements: pixels.values) else {
      throw Diagnostic(file: path, "the pixel values do not fill their shape")
    }
    return tensor
  }
}
