internal import Architectures
package import Documents

extension ImagePreprocessing {
  /// Larger files are no configuration.
  private static let configurationLimit = 1 << 20

  /// Processors whose preprocessing this is, without `Fast` or `Pil` at the end, and their defaults.
  private static let processors: [(name: String, defaults: ImagePreprocessing)] = [
    ("CLIPImageProcessor", .clip), ("CLIPFeatureExtractor", .clip), ("LlavaImageProcessor", .clip),
    ("SiglipImageProcessor", .siglip), ("Qwen2VLImageProcessor", .qwen(cell: 28)),
    ("Siglip2ImageProcessor", .naFlex(patchSize: 16)), ("BitImageProcessor", .clip),
    ("GotOcr2ImageProcessor", .internViT), ("LlavaNextImageProcessor", .llavaNext),
    ("LlavaOnevisionImageProcessor", .llavaOneVision), ("ViTImageProcessor", .viT),
  ]

  /// Reads a `preprocessor_config.json`.
  ///
  /// - Throws: `Diagnostic` with line and column if it cannot be read, is no JSON, or asks for something that is not done
  ///   here.
  package init(config path: String) throws(Diagnostic) {
    try self.init(JSON.parse(Files.readText(path, limit: Self.configurationLimit, regularOnly: true), file: path))
  }

  /// Reads the contents of a `preprocessor_config.json`. What it leaves out, or sets to null, is as the processor that it
  /// names has it by default (CLIP's without a name); keys that are not known are skipped.
  ///
  /// `do_convert_rgb: false` changes nothing: `Image` is RGB, and the towers take three channels.
  package init(_ node: Node) throws(Diagnostic) {
    let fields = try Configuration(node)
    self = try Self.defaults(fields)
    let resizes = try fields["do_resize"]?.boolean("do_resize") ?? (size != nil)
    let crops = try fields["do_center_crop"]?.boolean("do_center_crop") ?? (crop != nil)
    let rescales = try fields["do_rescale"]?.boolean("do_rescale") ?? true
    let normalizes = try fields["do_normalize"]?.boolean("do_normalize") ?? true
    // Tiles are padded to those of the picture of a batch that has most; here each picture is its own batch.
    if tiling == nil, let pads = fields["do_pad"], try pads.boolean("do_pad") {
      throw pads.error("padding (do_pad) is not done here; set it to false or prepare the pictures beforehand")
    }
    try readSize(fields)
    try readTiling(fields)
    if !resizes { size = nil }
    if let value = fields["resample"] { filter = try Self.filter(value) }
    if let value = fields["crop_size"] { crop = try Self.cropSize(value) }
    if crops, crop == nil { throw node.error("do_center_crop is true, but crop_size is missing") }
    if !crops { crop = nil }
    if tiling != nil, !canCutTiles {
      throw (fields["size"] ?? node).error("tiles are squares; expected a size and a crop of equal sides")
    }
    if let value = fields["rescale_factor"] {
      rescaleFactor = try value.number("rescale_factor", in: 1e-6...1)
    }
    if !rescales { rescaleFactor = nil }
    if let value = fields["image_mean"] {
      normalization?.mean = try Self.channels(value, "image_mean", in: -1000...1000)
    }
    if let value = fields["image_std"] {
      normalization?.deviation = try Self.channels(value, "image_std", in: 1e-3...1000)
    }
    if !normalizes { normalization = nil }
  }

  /// The defaults of the processor that a file names.
  private static func defaults(_ fields: Configuration) throws(Diagnostic) -> ImagePreprocessing {
    guard let field = fields["image_processor_type"] ?? fields["feature_extractor_type"] else { return .clip }
    var name = try field.text("the type of the image processor")
    for suffix in ["Fast", "Pil"] where name.hasSuffix(suffix) { name.removeLast(suffix.count) }
    guard let processor = processors.first(where: { $0.name == name }) else {
      let known = processors.map(\.name).joined(separator: ", ")
      throw field.error("the image processor \(field.summary) is not known here; known are \(known)")
    }
    return processor.defaults
  }

  private static func edge(_ node: Node, _ what: String) throws(Diagnostic) -> Int {
    try node.integer(what, in: 1...edgeLimit)
  }

  /// How pictures are cut into tiles.
  private mutating func readTiling(_ fields: Configuration) throws(Diagnostic) {
    if case .resolutions(var tiling) = tiling, let node = fields["image_grid_pinpoints"] {
      let items = try node.items("\"image_grid_pinpoints\"")
      guard (1...1024).contains(items.count) else { throw node.error("expected 1 to 1024 resolutions") }
      tiling.resolutions = []
      for item in items {
        let size = try Self.cropSize(item, "a resolution")
        tiling.resolutions.append(ImageSize(width: size.width, height: size.height))
      }
      self.tiling = .resolutions(tiling)
    }
    guard fields["crop_to_patches"] != nil || fields["processor_class"] != nil else { return }
    // The processor of whole models asks for tiles, whatever the file of the image processor says.
    let isModels = try fields["processor_class"]?.text("the processor") == "InternVLProcessor"
    let isAsked = try fields["crop_to_patches"]?.boolean("crop_to_patches") ?? false
    guard isModels || isAsked else { return }
    let range = 1...1024
    let least = try fields["min_patches"]?.integer("min_patches", in: range) ?? 1
    let most = try fields["max_patches"]?.integer("max_patches", in: range) ?? 12
    if most > 1 { tiling = .canvas(TileCanvas(.nearestRatio(least: least, most: max(least, most)), tokensPerTile: 1)) }
  }

  /// The size that pictures get, by keys that depend on what it depends on.
  private mutating func readSize(_ fields: Configuration) throws(Diagnostic) {
    switch size {
    case .cells(_, var minimum, var maximum):
      let patch = try fields["patch_size"]?.integer("patch_size", in: 1...512) ?? 14
      let merge = try fields["merge_size"]?.integer("merge_size", in: 1...64) ?? 2
      let limits = try fields["size"].map { (node) throws(Diagnostic) in try Configuration(node) }
      let range = 1...Image.pixelLimit
      minimum = try limits?["shortest_edge"]?.integer("shortest_edge", in: range) ?? minimum
      maximum = try limits?["longest_edge"]?.integer("longest_edge", in: range) ?? maximum
      for place in [limits, fields] {
        minimum = try place?["min_pixels"]?.integer("min_pixels", in: range) ?? minimum
        maximum = try place?["max_pixels"]?.integer("max_pixels", in: range) ?? maximum
      }
      size = .cells(patch * merge, minimum: minimum, maximum: maximum)
    case .patches(let side, let most):
      size = .patches(
        try fields["patch_size"]?.integer("patch_size", in: 1...512) ?? side,
        most: try fields["max_num_patches"]?.integer("max_num_patches", in: 1...1_048_576) ?? most)
    default: if let value = fields["size"] { size = try Self.size(value) }
    }
  }

  private static func size(_ node: Node) throws(Diagnostic) -> Size {
    if case .mapping = node.content {
      let fields = try Configuration(node)
      if let longest = fields["longest_edge"] ?? fields["max_height"] ?? fields["max_width"] {
        throw longest.error(
          "a size with a longest edge is not computed here; expected shortest_edge, or height and width")
      }
      if let shortest = fields["shortest_edge"] { return .shortestEdge(try edge(shortest, "shortest_edge")) }
    } else if case .scalar = node.content {
      return .shortestEdge(try edge(node, "size"))
    }
    let size = try cropSize(node, "size")
    return .exactly(height: size.height, width: size.width)
  }

  private static func cropSize(_ node: Node, _ what: String = "crop_size") throws(Diagnostic) -> CropSize {
    switch node.content {
    case .scalar:
      let edge = try edge(node, what)
      return CropSize(height: edge, width: edge)
    case .sequence(let items):
      guard items.count == 2 else {
        throw node.error("expected \(what) to be height and width, found \(items.count) items")
      }
      return CropSize(height: try edge(items[0], "the height"), width: try edge(items[1], "the width"))
    case .mapping:
      let fields = try Configuration(node)
      guard let height = fields["height"], let width = fields["width"] else {
        throw node.error("expected \(what) to have height and width")
      }
      return CropSize(height: try edge(height, "height"), width: try edge(width, "width"))
    }
  }

  private static func filter(_ node: Node) throws(Diagnostic) -> ResamplingFilter {
    guard let filter = ResamplingFilter(rawValue: try node.integer("resample", in: 0...5)) else {
      throw node.error("expected resample to be a whole number from 0 to 5, found \(node.summary)")
    }
    return filter
  }

  /// One number for each channel; a single one stands for all.
  private static func channels(
    _ node: Node, _ what: String, in range: ClosedRange<Double>
  ) throws(Diagnostic) -> [Double] {
    guard case .sequence(let items) = node.content else {
      return [Double](repeating: try node.number(what, in: range), count: 3)
    }
    guard items.count == 3 else { throw node.error("expected \(what) to be three numbers, found \(items.count)") }
    var numbers: [Double] = []
    for item in items { numbers.append(try item.number(what, in: range)) }
    return numbers
  }
}

/// The values of a mapping of which only some keys are of interest; null counts as absent.
private struct Configuration {
  private let entries: [Node.Entry]

  init(_ node: Node) throws(Diagnostic) { entries = try node.entries("the configuration of the preprocessing") }

  subscript(key: String) -> Node? {
    entries.first { $0.key == key && !$0.value.isNull }?.value
  }
}
