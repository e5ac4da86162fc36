package import Architectures
package import Catalog
internal import Configurations
package import Documents
package import Encoding
package import Images
internal import Operators

/// A vision tower with the preprocessing that it was trained with.
package struct ImageEncoder: Sendable {
  /// The folder, or the name on the hub, as the user gave it.
  package let name: String
  /// The weights.
  package let tower: VisionTower
  /// How a picture becomes what the tower is fed.
  package let preprocessing: ImagePreprocessing
  /// What the user should know of it, if anything.
  package let note: String?

  private static let files = ["preprocessor_config.json", "processor_config.json"]

  /// The encoder in a folder or, by its name on the hub, in the local cache. Nothing is downloaded.
  ///
  /// The preprocessing is that of `preprocessor_config.json` (in newer models `image_processor` in
  /// `processor_config.json`) or, without either, what is usual for such a tower.
  /// - Parameter precision: in what products are computed where that can be; `note` says where it cannot.
  /// - Throws: `Diagnostic` if it is not there, with the command that would fetch it, if its files are not sound, or if
  ///   the preprocessing does not make pictures of the tower's size.
  package init(
    _ name: String, precision: EncoderPrecision = .f32, hub: HubCache = .standard
  ) throws(Diagnostic) {
    let folder = try hub.encoder(name)
    self.name = name
    tower = try VisionTower(folder: folder, precision: precision)
    let description = tower.description
    guard let (file, preprocessing) = try Self.preprocessing(in: folder) else {
      let (own, what) = ImagePreprocessing.usual(for: description)
      preprocessing = own
      let missing = "\(name) has no \(Self.files[0]): pictures are prepared as \(description.kind)'s, \(what)"
      note = [missing, tower.note].compactMap { $0 }.joined(separator: "; ")
      return
    }
    self.preprocessing = preprocessing
    note = tower.note
    if let reason = preprocessing.misfit(description) { throw Diagnostic(file: file, reason) }
    let side = tower.encoder.imageSize
    if description.isFixed, let size = preprocessing.fixedSize, size != (side, side) {
      throw Diagnostic(
        file: file, "pictures of \(size.width) x \(size.height) pixels, but the tower takes \(side) x \(side)")
    }
  }

  private static func preprocessing(
    in folder: String
  ) throws(Diagnostic) -> (file: String, preprocessing: ImagePreprocessing)? {
    for file in files.map({ "\(folder)/\($0)" }) where Files.exists(file) {
      let root = try JSON.parse(Files.readText(file, limit: 1 << 20), file: file)
      let entries = try root.entries("the configuration of the preprocessing")
      if file.hasSuffix(files[0]) { return (file, try ImagePreprocessing(root)) }
      if let part = entries.first(where: { $0.key == "image_processor" })?.value {
        return (file, try ImagePreprocessing(part))
      }
    }
    return nil
  }

  /// - Throws: `Diagnostic` unless the encoder has the width, layers and patches of the model's vision tower; a model
  ///   without one takes any.
  package func check(fits model: MultimodalModel) throws(Diagnostic) {
    guard let vision = model.vision else { return }
    let (own, wanted) = (tower.encoder, vision.encoder)
    // Of pictures that keep their size the patches are the picture's.
    let isFixed = tower.description.isFixed
    guard own.block.width == wanted.block.width, own.layers == wanted.layers, !isFixed || own.patches == wanted.patches
    else {
      throw Diagnostic(
        "the encoder \(name) (\(own.summary)) is not the vision tower of \(model.name) (\(wanted.summary)); "
          + "give another --encoder, or another --model")
    }
  }
}

extension VisionEncoder {
  /// What is compared of encoders.
  fileprivate var summary: String { "\(layers) layers of width \(block.width), \(patches) patches" }
}

extension ImagePreprocessing {
  /// What towers of a kind are usually fed, and in words at what size.
  fileprivate static func usual(for tower: TowerDescription) -> (ImagePreprocessing, String) {
    let (side, patch) = (tower.encoder.imageSize, tower.encoder.patchSize)
    let fixed = "at \(side) pixels"
    switch (tower.pixels, tower.kind) {
    case (.patches, "Qwen3-VL"): return (.qwen3(cell: patch * tower.cell), "in cells of \(patch * tower.cell) pixels")
    case (.patches, _): return (.qwen(cell: patch * tower.cell), "in cells of \(patch * tower.cell) pixels")
    case (.interleaved, _): return (.naFlex(patchSize: patch), "in at most 256 patches")
    case (.planes, "CLIP"): return (.clip(side: side), fixed)
    case (.planes, "SigLIP"): return (.square(side, .siglip), fixed)
    case (.planes, "DINOv2"): return (.dino2, "at 224 of 256 pixels")
    case (.planes, _):
      var preprocessing = square(side, .internViT)
      preprocessing.normalization = imageNet
      return (preprocessing, fixed)
    }
  }

  private static func square(_ side: Int, _ other: ImagePreprocessing) -> ImagePreprocessing {
    var preprocessing = other
    preprocessing.size = .exactly(height: side, width: side)
    return preprocessing
  }

  /// Why a tower cannot take what this makes, whatever the picture; nil if it can.
  fileprivate func misfit(_ tower: TowerDescription) -> String? {
    let cell = tower.encoder.patchSize * tower.cell
    switch (tower.pixels, size) {
    case (.planes, .cells), (.planes, .patches), (.patches, .patches), (.interleaved, .cells):
      return "the image processor is for another kind of tower than \(tower.kind)'s"
    case (.patches, .cells(cell, _, _)), (.interleaved, .patches(cell, _)), (.planes, _): return nil
    case (.patches, .cells(let side, _, _)), (.interleaved, .patches(let side, _)):
      return "pictures are cut into cells of \(side) pixels, but the tower takes \(cell)"
    case (.patches, _), (.interleaved, _):
      return "the image processor does not resize pictures to whole patches, as the \(tower.kind) tower asks for"
    }
  }

  /// CLIP's, for towers of another size.
  private static func clip(side: Int) -> ImagePreprocessing {
    var preprocessing = ImagePreprocessing.clip
    preprocessing.size = .shortestEdge(side)
    preprocessing.crop?.height = side
    preprocessing.crop?.width = side
    return preprocessing
  }

  /// The size of all pictures, where it does not depend on them.
  fileprivate var fixedSize: (height: Int, width: Int)? {
    if let crop { return (crop.height, crop.width) }
    if case .exactly(let height, let width) = size { return (height, width) }
    return nil
  }
}
