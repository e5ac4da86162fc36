package import Architectures
internal import Configurations
package import Documents
package import Encoding
package import Images
package import Reduction
internal import Tensors

/// A picture from a file, or a clip of frames from a folder, in front of an encoder, which runs when something is asked of it,
/// and then once.
package final class Photograph {
  /// The file, as the user named it.
  package let path: String
  /// Its place in a run over many, from 0.
  package let index: Int
  /// Its size as stored.
  package let size: ImageSize
  /// What the user should know of it, one sentence each.
  package let notes: [String]
  /// The picture, or the frames of a clip, of one size.
  private let pictures: [Image]
  /// How many frames a clip has; nil for a picture.
  package let frames: Int?
  let runner: ImageRunner
  private var prepared: Result<[Image], Diagnostic>?
  private var encoding: Result<EncodedPicture, Diagnostic>?

  /// Reads the picture at `path`.
  ///
  /// - Throws: `Diagnostic` if it cannot be read, or is no JPEG or PNG.
  package convenience init(_ path: String, at index: Int = 0, for runner: ImageRunner) throws(Diagnostic) {
    self.init([try Image(contentsOf: path)], path, at: index, for: runner)
  }

  /// Reads the picture that is in memory, as it is in a file, and called `name`.
  ///
  /// - Throws: `Diagnostic` if it is no JPEG or PNG.
  package convenience init(decoding bytes: [UInt8], named name: String, for runner: ImageRunner) throws(Diagnostic) {
    self.init([try Image(decoding: bytes, name: name)], name, at: 0, for: runner)
  }

  /// Reads so many frames of the clip in a folder, or all of fewer.
  ///
  /// Frames are the folder's pictures sorted by path, of which the i-th of n is number i T / n of T, rounded down, as
  /// transformers' video processors sample.
  /// - Throws: `Diagnostic` if one cannot be read, or they differ in size.
  package convenience init(
    clip folder: String, frames count: Int, at index: Int = 0, for runner: ImageRunner
  ) throws(Diagnostic) {
    let paths = try ImageList([folder]).paths
    let count = min(count, paths.count)
    var pictures: [Image] = []
    for frame in 0..<count {
      let path = paths[frame * paths.count / count]
      let picture = try Image(contentsOf: path)
      if let first = pictures.first, (first.width, first.height) != (picture.width, picture.height) {
        throw Diagnostic(
          file: path,
          "is \(picture.width) x \(picture.height) pixels and the clip's first frame \(first.width) x \(first.height); the "
            + "frames of a clip have one size")
      }
      pictures.append(picture)
    }
    self.init(pictures, folder, at: index, for: runner, frames: count)
  }

  private init(_ pictures: [Image], _ path: String, at index: Int, for runner: ImageRunner, frames: Int? = nil) {
    let picture = pictures[0]
    self.path = path
    self.index = index
    self.runner = runner
    (self.pictures, self.frames) = (pictures, frames)
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

  /// The picture as the encoder sees it, tile by tile, or frame by frame: resized and cropped, 8 bits a channel.
  ///
  /// - Throws: `Diagnostic` if it is too narrow to be resized.
  private func tiles() throws(Diagnostic) -> [Image] {
    if let prepared { return try prepared.get() }
    let result: Result<[Image], Diagnostic>
    do throws(Diagnostic) {
      let preprocessing = try encoder().encoder.preprocessing
      if frames == nil {
        result = .success(try preprocessing.tiles(of: pictures[0]))
      } else {
        // Frames are not cut.
        var seen: [Image] = []
        for frame in pictures { seen.append(try preprocessing.crop(of: frame)) }
        result = .success(seen)
      }
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
    guard frames == nil else { throw Diagnostic(file: path, "is a clip, and one picture is drawn") }
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
    var planes: [Tensor<Float>] = []
    for tile in try tiles() { planes.append(try self.planes(encoder.preprocessing.pixelValues(ofCrop: tile))) }
    var pixels: [TowerPixels] = []
    if frames != nil, description.encoder.framesPerPatch > 1 {
      pixels = [try TowerPixels(planes: planes, for: description, name: path)]
    } else {
      for planes in planes { pixels.append(try TowerPixels(planes: [planes], for: description, name: path)) }
    }
    let isCut = frames == nil && encoder.preprocessing.tiling != nil
    return try PicturePixels(pixels, size: isCut ? size : nil, name: path)
  }

  /// Pixel values as a tensor [3, height, width].
  private func planes(_ pixels: PixelValues) throws(Diagnostic) -> Tensor<Float> {
    guard let tensor = Tensor(shape: [3, pixels.height, pixels.width], elements: pixels.values) else {
      throw Diagnostic(file: path, "the pixel values do not fill their shape")
    }
    return tensor
  }
}
