public import Documents

extension Model {
  /// The model reading images of a size.
  ///
  /// - Throws: `Diagnostic` if it scales all images to one size, or the size is too narrow or too large for it.
  public func reading(images size: ImageSize) throws(Diagnostic) -> Model {
    var copy = self
    guard let vision, vision.resolution != nil else {
      let reason = vision.map { "scales every image to \($0.encoder.imageSize) x \($0.encoder.imageSize) pixels" }
      throw Diagnostic("\(name) \(reason ?? "reads no images"); an image size makes no difference")
    }
    guard copy.vision?.resize(to: size) == true else {
      throw Diagnostic("\(name) cannot read an image of \(size) pixels: its sides differ too much, or it is too large")
    }
    return copy
  }

  /// Why no reducer of features can stand between the encoder and what follows it, or nil if one can.
  public var reductionObstacle: String? {
    if images > 1 { return "\(name) reads \(images) frames, and samples are single images" }
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
