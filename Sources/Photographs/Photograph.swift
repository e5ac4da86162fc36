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
  private var prepared: Result<[Image], Diagnostic>?
  private var encoding: Result<EncodedPicture, Diagnostic>?

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

  /// The picture as the encoder sees it, tile by tile: resized and cropped, 8 bits a channel.
  ///
  /// - Throws: `Diagnostic` if it is too narrow to be resized.
  private func tiles() throws(Diagnostic) -> [Image] {
    if let prepared { return try prepared.get() }
    let result: Result<[Image], Diagnostic>
    do throws(Diagnostic) {
      result = .success(try encoder().encoder.preprocessing.tiles(of: picture))
    } catch {
      result = .failure(error.file == nil ? Diagnostic(file: path, error.message) : error)
    }
    prepared = result
    return try result.get()
  }

  /// The place of the tile that shows the whole picture, and that tile.
  ///
  /// - Throws: `Diagnostic` as `pixels` does, and where there is none.
  package func whole() throws(Diagnostic) -> (place: Int, picture: Image) {
    let tiles = try tiles()
    guard let place = try encoder().encoder.preprocessing.wholeTile(of: tiles.count) else {
      throw Diagnostic(file: path, "no tile of it shows the whole picture")
    }
    return (place, tiles[place])
  }

  /// What the encoder says of the picture.
  ///
  /// - Throws: `Diagnostic` as `pixels` does, or if pixels or weights are not sound.
  package func encoded() throws(Diagnostic) -> EncodedPicture {
    if let encoding { return try encoding.get() }
    let result: Result<EncodedPicture, Diagnostic>
    do throws(Diagnostic) {
      result = .success(try encoder().tower.encode(pixels(), name: path))
    } catch {
      result = .failure(error)
    }
    encoding = result
    return try result.get()
  }

  /// The same for reducers, which look at each tile by itself.
  ///
  /// - Throws: `Diagnostic` as `encoded` does.
  package func features() throws(Diagnostic) -> [VisualFeatures] { try encoded().features() }

  /// What the encoder is fed, laid out as its tower takes it.
  ///
  /// - Throws: `Diagnostic` if the picture is too narrow to be resized, or does not suit the tower.
  package func pixels() throws(Diagnostic) -> PicturePixels {
    let (encoder, runner) = try encoder()
    let description = runner.tower.description
    var tiles: [TowerPixels] = []
    for tile in try self.tiles() {
      let planes = try planes(encoder.preprocessing.pixelValues(ofCrop: tile))
      tiles.append(try TowerPixels(planes: [planes], for: description, name: path))
    }
    return try PicturePixels(tiles, size: encoder.preprocessing.tiling == nil ? nil : size, name: path)
  }

  /// Pixel values as a tensor [3, height, width].
  private func planes(_ pixels: PixelValues) throws(Diagnostic) -> Tensor<Float> {
    guard let tensor = Tensor(shape: [3, pixels.height, pixels.width], elements: pixels.values) else {
      throw Diagnostic(file: path, "the pixel values do not fill their shape")
    }
    return tensor
  }
}
