internal import Architectures
internal import Documents

/// A part of a multimodal model, and where its figures come from.
struct ReadPart<Part> {
  var part: Part
  var source: MultimodalModel.Source
}

extension ConfigFields {
  /// The language model of a part, by its `model_type`; of `family` where it names none.
  func language(
    _ key: String = "text_config", default family: LanguageFamily = .llama
  ) throws(Diagnostic) -> ReadPart<LanguageModel> {
    let fields = try part(key)
    var family = family
    if let type = fields["model_type"] { family = try Families.named(type, of: Families.languages) }
    return ReadPart(part: try family.read(fields), source: fields.source("language", family.architecture))
  }

  /// The vision encoder of a part, by its `model_type`; of `family` where it names none.
  func tower(
    _ key: String = "vision_config", default family: VisionFamily = .clip
  ) throws(Diagnostic) -> ReadPart<MultimodalModel.Vision> {
    let fields = try part(key)
    var family = family
    if let type = fields["model_type"] { family = try Families.named(type, of: Families.visions) }
    return ReadPart(part: try family.read(fields), source: fields.source("vision", family.architecture))
  }

  /// Whether the head shares the embedding's matrix: as the whole says, else as its language model does, else the default of
  /// the whole's class, whatever that of the language model's is.
  func isTied(_ key: String = "text_config", default fallback: Bool) throws(Diagnostic) -> Bool {
    let name = "tie_word_embeddings"
    if self[name] != nil { return try boolean(name, default: fallback) }
    return try part(key).boolean(name, default: fallback)
  }

  /// What the file of the image processor says; nothing where there is none.
  var processor: ConfigFields {
    get throws(Diagnostic) {
      guard let processorFile else { return ConfigFields(empty: node) }
      var fields = try ConfigFields(processorFile, "the image processor's configuration")
      fields.errors = errors
      return fields
    }
  }

  /// Pixels of a side, by a key of `size`.
  func size(_ key: String) throws(Diagnostic) -> Int? {
    guard self["size"] != nil else { return nil }
    return try part("size").optionalInteger(key, in: 1...ImageSize.limit, default: nil)
  }

  /// The fewest and the most pixels of an image, by `min_pixels` and `max_pixels` or by `size`.
  func pixels(minimum: Int, maximum: Int) throws(Diagnostic) -> (minimum: Int, maximum: Int) {
    let range = 1...ImageSize.limit * ImageSize.limit
    var limits = (minimum: minimum, maximum: maximum)
    if self["size"] != nil {
      let size = try part("size")
      limits.minimum = try size.integer("shortest_edge", in: range, default: minimum, decidesSize: false)
      limits.maximum = try size.integer("longest_edge", in: range, default: maximum, decidesSize: false)
    }
    limits.minimum = try integer("min_pixels", in: range, default: limits.minimum, decidesSize: false)
    limits.maximum = try integer("max_pixels", in: range, default: limits.maximum, decidesSize: false)
    guard limits.minimum <= limits.maximum else {
      throw (self["min_pixels"] ?? self["size"] ?? node).error(
        "expected at most as many pixels at least as at most, found \(limits.minimum) and \(limits.maximum)")
    }
    return limits
  }

  /// The layer whose output the connector gets, counted from 1, by a key that may count from the end.
  func lastFeatureLayer(
    _ key: String, default fallback: Int = -1, of encoder: VisionEncoder
  ) throws(Diagnostic) -> Int {
    let layer = try integer(key, in: -encoder.layers - 1...encoder.layers, default: fallback, decidesSize: false)
    return layer < 0 ? encoder.layers + 1 + layer : layer
  }

  /// The source of a connector.
  func connectorSource(_ architecture: String) -> MultimodalModel.Source {
    MultimodalModel.Source(part: "connector", text: "\(node.position.file), \(architecture)")
  }
}

extension MultimodalModel {
  /// A model of parts that a configuration describes; name and title are the caller's.
  init(
    vision: ReadPart<Vision>, connector: Connector?, _ connectorSource: Source, language: ReadPart<LanguageModel>
  ) {
    self.init(name: "", title: "", vision: vision.part, connector: connector, language: language.part)
    sources = [vision.source] + (connector == nil ? [] : [connectorSource]) + [language.source]
  }
}

extension MultimodalModel.Vision {
  /// Takes images to be treated so, and to be squares of a side until another size is given.
  mutating func read(
    _ resolution: Resolution, of fields: ConfigFields, image side: Int
  ) throws(Diagnostic) {
    self.resolution = resolution
    guard resize(to: ImageSize(width: side, height: side)) else {
      throw fields.node.error(
        "an image of \(side) x \(side) pixels makes no token, or more than \(Workload.tokenLimit)")
    }
  }
}
