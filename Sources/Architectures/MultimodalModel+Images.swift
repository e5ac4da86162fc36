public import Documents

extension MultimodalModel {
  /// The model reading images of a size.
  ///
  /// - Throws: `Diagnostic` if it scales all images to one size, or the size is too narrow or too large for it.
  public func reading(images size: ImageSize) throws(Diagnostic) -> MultimodalModel { try reading([size]) }

  /// The model reading several pictures in one request, each of its size; of none, one of the model's own size.
  ///
  /// - Throws: `Diagnostic` if it scales all images to one size, a size is too narrow or too large for it, or there are too
  ///   many.
  public func reading(_ sizes: [ImageSize]) throws(Diagnostic) -> MultimodalModel {
    guard let vision else { throw Diagnostic("\(name) reads no images; an image size makes no difference") }
    guard !sizes.isEmpty else { return self }
    if vision.resolution == nil, sizes.count == 1 {
      throw Diagnostic(
        "\(name) scales every image to \(vision.encoder.imageSize) x \(vision.encoder.imageSize) pixels; an image size "
          + "makes no difference")
    }
    guard images == 1, Limit.images.contains(sizes.count) else {
      throw Diagnostic("\(name) reads \(images) frames, or there are more than \(Limit.images.upperBound) pictures")
    }
    var pictures: [Vision] = []
    for size in sizes {
      var picture = vision
      guard vision.resolution == nil || picture.resize(to: size) else {
        throw Diagnostic(
          "\(name) cannot read an image of \(size) pixels: its sides differ too much, or it is too large")
      }
      pictures.append(picture)
    }
    var copy = self
    copy.vision = pictures.removeFirst()
    copy.vision?.others = pictures
    guard copy.tokensPerImage ?? 0 <= Workload.tokenLimit else {
      throw Diagnostic("\(name) makes more than \(Workload.tokenLimit) tokens of so many pictures")
    }
    return copy
  }

  /// The model reading a video of so many frames in place of an image, each of the size that its images have.
  ///
  /// - Throws: `Diagnostic` if it cannot: it reads no images, several pictures, or all tiles of one as one sequence.
  public func reading(frames: Int) throws(Diagnostic) -> MultimodalModel {
    guard let vision else { throw Diagnostic("\(name) reads no images; frames make no difference") }
    guard vision.others.isEmpty else {
      throw Diagnostic("one video, or several pictures; give one --image-size with --frames")
    }
    if case .film(let film) = connector?.compressor {
      throw Diagnostic("\(name) reads videos of \(film.frames) frames; leave out --frames")
    }
    if images > 1 {
      var copy = self
      copy.images = frames
      return copy
    }
    guard vision.encoder.tilesOfSequence == 1, connector?.compressor == nil || vision.resolution == nil else {
      throw Diagnostic("\(name) reads no videos")
    }
    var copy = self
    guard copy.vision?.film(frames, of: vision.image) == true else {
      throw Diagnostic("\(name) cannot read \(frames) frames: they are too narrow, or make too many tokens")
    }
    return copy
  }

  /// The model scaling images to at most so many pixels.
  ///
  /// - Throws: `Diagnostic` if its tokens do not depend on the pixels, or fewer are needed.
  public func reading(mostPixels pixels: Int) throws(Diagnostic) -> MultimodalModel {
    guard case .native(var native)? = vision?.resolution else {
      throw Diagnostic("\(name) has no limit of pixels; --max-pixels is for models that keep an image's own size")
    }
    guard pixels >= native.cell * native.cell else {
      throw Diagnostic("\(name) needs at least \(native.cell * native.cell) pixels; --max-pixels \(pixels) are fewer")
    }
    native.maximum = pixels
    native.minimum = min(native.minimum, pixels)
    if let video = native.video, !video.areOfAll {
      native.video?.maximum = min(video.maximum, pixels)
      native.video?.minimum = min(video.minimum, pixels)
    }
    var copy = self
    copy.vision?.resolution = .native(native)
    copy.vision?.mostPixels = pixels
    guard let image = vision?.image, copy.vision?.resize(to: image) == true else {
      throw Diagnostic("\(name) cannot read images of at most \(pixels) pixels")
    }
    return copy
  }

  /// What a request shows it, for notes: an image, several, or a video; nil where no size matters.
  package var pictureNote: String? {
    guard let vision, vision.image != nil || vision.frames != nil || !vision.others.isEmpty else { return nil }
    if let frames = vision.frames {
      let size = vision.image.map { " of \($0) pixels" } ?? ""
      return
        "a video of \(frames) frames\(size), encoded as \(vision.tiles) images: \(vision.tokensPerImage) visual tokens"
    }
    let parts = vision.pictures.prefix(8).map { picture in
      let tiles = picture.tiles > 1 ? "\(picture.tiles) tiles, " : ""
      let size = picture.image.map { "an image of \($0) pixels: " } ?? "an image: "
      return "\(size)\(tiles)\(picture.tokensPerImage) visual tokens"
    }
    let more = vision.others.count > 7 ? "; and \(vision.others.count - 7) more" : ""
    return parts.joined(separator: "; ") + more
  }

  /// Whether its connector makes one token of several patches, so that reducers choose behind it.
  package var mergesPatches: Bool { (connector?.merged ?? 1) > 1 }

  /// The patches or, behind a merger, cells of all tiles and frames of its pictures, which reducers choose among: without
  /// class tokens and ends of rows.
  package var patchesBeforeReduction: Int {
    guard let vision else { return 0 }
    let perTile = vision.encoder.patches / max(1, vision.encoder.tilesOfSequence) / max(1, connector?.merged ?? 1)
    return images * vision.tiles * perTile
  }

  /// Why no reducer can work on its pictures even where it sees every tile and frame of them; nil if one can.
  public var pictureObstacle: String? {
    if let others = vision?.others, !others.isEmpty {
      return "\(name) reads \(others.count + 1) pictures, and reducers look at one"
    }
    return connector?.compressor.map { "\(name)'s \($0.obstacle)" }
  }

  /// Why no reducer of features can stand between the encoder and what follows it, or nil if one can.
  public var reductionObstacle: String? {
    if images > 1 { return "\(name) reads \(images) frames, and samples are single images" }
    if let frames = vision?.frames { return "\(name) reads a video of \(frames) frames, and samples are single images" }
    if let others = vision?.others, !others.isEmpty {
      return "\(name) reads \(others.count + 1) pictures, and samples are single images"
    }
    if let vision, vision.tiles > 1 {
      return "\(name) cuts an image into tiles and puts their patches in rows again, which needs all of them"
    }
    if let compressor = connector?.compressor { return "\(name)'s \(compressor.obstacle)" }
    if let connector, connector.merged > 1 {
      return "\(name)'s connector merges \(connector.merged) neighbouring patches into a token, which needs all of them"
    }
    return nil
  }
}

extension MultimodalModel {
  /// The sizes of all pictures of a request as `640x480+1024x768`; nil where none matters.
  public var pictureSizes: String? {
    guard let vision, vision.image != nil else { return nil }
    return vision.pictures.map { $0.image.map { "\($0.width)x\($0.height)" } ?? "any" }.joined(separator: "+")
  }
}
