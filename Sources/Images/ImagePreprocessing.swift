internal import Architectures
package import Documents

/// How a picture becomes what a vision tower is fed: resized, cropped, rescaled and normalised, as transformers'
/// `CLIPImageProcessor` and others (see `processors`) do through Pillow.
package struct ImagePreprocessing: Sendable, Equatable {
  /// The size that pictures are resized to.
  package enum Size: Sendable, Equatable {
    /// The shorter edge gets this length; the longer one keeps the ratio, its length rounded down.
    case shortestEdge(Int)
    /// Both edges get a length, whatever the ratio was.
    case exactly(height: Int, width: Int)
    /// Both edges are made multiples of a cell, near what they were, with so many pixels at least and at most (Qwen-VL).
    case cells(Int, minimum: Int, maximum: Int)
    /// As large as so many patches of a side allow, edges up to whole patches (NaFlex).
    case patches(Int, most: Int)
  }

  /// The size that pictures are resized to, or nil where they are left as they are.
  package var size: Size?
  /// What pictures are resized with.
  package var filter: ResamplingFilter
  /// The part in the middle that is kept, with zeros around it where the picture is smaller; nil keeps all.
  package var crop: CropSize?
  /// What the 8-bit numbers are multiplied by, usually 1/255; nil for not at all.
  package var rescaleFactor: Double?
  /// What is subtracted from the rescaled channels, and what they are divided by; nil for neither.
  package var normalization: Normalization?
  /// How a picture is cut into tiles; nil where it passes the tower whole.
  package var tiling: Tiling?

  /// The height and width of a crop.
  package struct CropSize: Sendable, Equatable {
    /// In pixels.
    package var height: Int
    /// In pixels.
    package var width: Int
  }

  /// Mean and standard deviation of red, green and blue.
  package struct Normalization: Sendable, Equatable {
    /// Three numbers.
    package var mean: [Double]
    /// Three numbers above 0.
    package var deviation: [Double]
  }

  /// Edges of sizes and crops are at most this long.
  package static let edgeLimit = 8192
  /// Longer edges of resized pictures are refused: the picture would be a line.
  static let resizedLimit = 1 << 24

  /// The defaults of transformers' `CLIPImageProcessor`; means and deviations are those of OpenAI's CLIP.
  package static let clip = ImagePreprocessing(
    size: .shortestEdge(224), filter: .bicubic, crop: CropSize(height: 224, width: 224), rescaleFactor: 1 / 255.0,
    normalization: Normalization(
      mean: [0.48145466, 0.4578275, 0.40821073], deviation: [0.26862954, 0.26130258, 0.27577711]))

  /// The defaults of transformers' `SiglipImageProcessor`.
  package static let siglip = ImagePreprocessing(
    size: .exactly(height: 224, width: 224), filter: .bicubic, crop: nil, rescaleFactor: 1 / 255.0,
    normalization: Normalization(mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5]))

  /// The height and width that a picture of this size is resized to, before the crop.
  ///
  /// - Throws: `Diagnostic` for edges that differ too much.
  func resizedSize(height: Int, width: Int) throws(Diagnostic) -> (height: Int, width: Int) {
    switch size {
    case nil: return (height, width)
    case .exactly(let height, let width): return (height, width)
    case .shortestEdge(let edge):
      // transformers: int(edge * long / short), a division of whole numbers that rounds once.
      let long = Int(Double(edge * max(width, height)) / Double(min(width, height)))
      return width <= height ? (long, edge) : (edge, long)
    case .cells(let cell, let minimum, let maximum):
      let native = NativeResolution(cell: cell, minimum: minimum, maximum: maximum)
      guard let size = native.size(for: ImageSize(width: width, height: height)) else {
        throw Diagnostic(
          "a picture of \(width) x \(height) pixels is too narrow: the tower takes edges that differ by a factor of at "
            + "most 200")
      }
      return (size.height, size.width)
    case .patches(let side, let most): return Self.filling(height: height, width: width, side: side, most: most)
    }
  }

  /// The edges of whole patches, at most so many, that come nearest to the picture's shape.
  ///
  /// By halving, as `get_image_size_for_max_num_patches` of transformers 5.24's image_processing_siglip2.py does.
  private static func filling(height: Int, width: Int, side: Int, most: Int) -> (height: Int, width: Int) {
    func patches(_ scale: Double, _ edge: Int) -> Int {
      let count = (Double(edge) * scale / Double(side)).rounded(.up)
      return max(1, Int(count))
    }
    let epsilon = 1e-5
    var (low, high) = (epsilon / 10, 100.0)
    while high - low >= epsilon {
      let scale = (low + high) / 2
      if patches(scale, height) * patches(scale, width) <= most { low = scale } else { high = scale }
    }
    return (patches(low, height) * side, patches(low, width) * side)
  }

  /// The picture as the tower sees it: resized and cropped, 8 bits a channel.
  ///
  /// - Throws: `Diagnostic` if the picture is so narrow that it becomes longer than 16,777,216 pixels, or what is left
  ///   of it without a crop is larger than `edgeLimit` squared.
  package func crop(of image: Image) throws(Diagnostic) -> Image {
    let resized = try resizedSize(height: image.height, width: image.width)
    guard max(resized.height, resized.width) <= Self.resizedLimit else {
      throw Diagnostic(
        "a picture of \(image.width) x \(image.height) pixels is too narrow: resized it would have "
          + "\(resized.width) x \(resized.height)")
    }
    let target = crop ?? CropSize(height: resized.height, width: resized.width)
    guard target.height * target.width <= Self.edgeLimit * Self.edgeLimit else {
      throw Diagnostic(
        "the picture would be preprocessed to \(target.width) x \(target.height) pixels; at most "
          + "\(Self.edgeLimit * Self.edgeLimit) are computed")
    }
    let rows = Self.centered(target.height, of: resized.height)
    let columns = Self.centered(target.width, of: resized.width)
    let seen = image.resized(
      width: resized.width, height: resized.height, columns: columns.clamped(to: 0..<resized.width),
      rows: rows.clamped(to: 0..<resized.height), by: filter)
    return seen.padded(
      width: target.width, height: target.height, left: max(0, -columns.lowerBound), top: max(0, -rows.lowerBound))
  }

  /// Where a crop lies in a length; it reaches beyond both ends where it is longer.
  private static func centered(_ crop: Int, of length: Int) -> Range<Int> {
    // Rounded down, also below zero, as Python's // does.
    let start = (length - crop) >> 1
    return start..<start + crop
  }

  /// What a vision tower is fed for a picture.
  ///
  /// - Throws: `Diagnostic` as `crop(of:)` does.
  package func pixelValues(of image: Image) throws(Diagnostic) -> PixelValues {
    pixelValues(ofCrop: try crop(of: image))
  }

  /// What a vision tower is fed for a picture that `crop(of:)` made.
  package func pixelValues(ofCrop picture: Image) -> PixelValues {
    let count = picture.width * picture.height
    let values = [Float](unsafeUninitializedCapacity: 3 * count) { values, initialized in
      picture.pixels.withUnsafeBufferPointer { pixels in
        for channel in 0..<3 {
          let table = (0..<256).map { value(of: $0, channel: channel) }
          table.withUnsafeBufferPointer { table in
            for pixel in 0..<count { values[channel * count + pixel] = table[Int(pixels[3 * pixel + channel])] }
          }
        }
      }
      initialized = 3 * count
    }
    return PixelValues(unchecked: values, height: picture.height, width: picture.width)
  }

  /// The number that an 8-bit number of a channel becomes: rescaled in double, normalised in single precision.
  private func value(of byte: Int, channel: Int) -> Float {
    let rescaled = rescaleFactor.map { Float(Double(byte) * $0) } ?? Float(byte)
    guard let normalization else { return rescaled }
    return (rescaled - Float(normalization.mean[channel])) / Float(normalization.deviation[channel])
  }
}

extension Image {
  /// The picture on a black ground of at least its size.
  func padded(width newWidth: Int, height newHeight: Int, left: Int, top: Int) -> Image {
    if (newWidth, newHeight) == (width, height) { return self }
    var result = [UInt8](repeating: 0, count: 3 * newWidth * newHeight)
    for row in 0..<height {
      let start = 3 * ((top + row) * newWidth + left)
      result.replaceSubrange(start..<start + 3 * width, with: pixels[3 * width * row..<3 * width * (row + 1)])
    }
    return Image(unchecked: result, width: newWidth, height: newHeight)
  }
}
