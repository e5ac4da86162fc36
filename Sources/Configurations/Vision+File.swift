internal import Architectures
internal import Documents
internal import Operators

extension MultimodalModel.Vision {
  /// Reads the vision part of a model file.
  init(file fields: PartFields) throws(Diagnostic) {
    try fields.check(known: PartFields.blockKeys + PartFields.visionKeys + TransformerBlock.fileKeys)
    if let model = fields.configured {
      try self.init(configured: model, fields)
      return
    }
    _ = fields.optionalInteger("layers_used", in: Limit.layers)
    let keepsClassToken = fields.boolean("keep_class_token", default: false)
    let encoder = try VisionEncoder(file: fields)
    self.init(
      encoder: encoder, layersUsed: fields.optionalInteger("layers_used", in: 1...encoder.layers) ?? encoder.layers,
      droppedTokens: Self.droppedTokens(fields, encoder, keepsClassToken))
    if let pixels = fields.mapping("pixels", ["cell", "min", "max"]) {
      // Images keep their own size, within limits.
      let range = 1...ImageSize.limit * ImageSize.limit
      let native = NativeResolution(
        cell: pixels.integer("cell", in: Limit.patchSize), minimum: pixels.integer("min", in: range),
        maximum: pixels.integer("max", in: range))
      try fields.findings.check()
      resolution = .native(native)
      guard native.cell % encoder.patchSize == 0, native.minimum <= native.maximum,
        resize(to: ImageSize(width: encoder.imageSize, height: encoder.imageSize))
      else {
        throw (fields["pixels"] ?? fields.node).error(
          "expected a \"cell\" of whole patches, \"min\" pixels at most \"max\", and an \"image_size\" that makes tokens"
        )
      }
    }
    try fields.findings.check()
  }

  /// The vision part of a model that a configuration describes, and how much of it is used here.
  private init(configured model: MultimodalModel, _ fields: PartFields) throws(Diagnostic) {
    try fields.check(replaceable: ["layers_used", "keep_class_token", "class_token_only"])
    guard let vision = model.vision else { throw fields.node.error("the model \"\(model.name)\" has no vision part") }
    guard vision.resolution == nil else {
      throw fields.node.error("the vision part of \"\(model.name)\" depends on the size of images; use its \"config\"")
    }
    let encoder = vision.encoder
    let layersUsed = fields.optionalInteger("layers_used", in: 1...encoder.layers) ?? vision.layersUsed
    let keepsClassToken = fields.boolean("keep_class_token", default: false)
    self.init(
      encoder: encoder, layersUsed: layersUsed,
      droppedTokens: fields["keep_class_token"] != nil || fields["class_token_only"] != nil
        ? Self.droppedTokens(fields, encoder, keepsClassToken) : vision.droppedTokens)
    try fields.findings.check()
  }

  /// A class token is dropped unless it is to be kept, which only one that is there can be.
  private static func droppedTokens(_ fields: PartFields, _ encoder: VisionEncoder, _ keepsClassToken: Bool) -> Int {
    if fields.boolean("class_token_only", default: false) {
      if keepsClassToken, let node = fields["keep_class_token"] {
        fields.findings.add(node.error("\"class_token_only\" keeps no other token; leave \"keep_class_token\" out"))
      }
      if !encoder.classToken, let node = fields["class_token_only"] {
        fields.findings.add(node.error("the encoder has no class token to keep"))
      }
      return encoder.tokens - 1
    }
    if keepsClassToken, !encoder.classToken, let node = fields["keep_class_token"] {
      fields.findings.add(node.error("the encoder has no class token to keep"))
    }
    return encoder.classToken && !keepsClassToken ? 1 : 0
  }
}

extension VisionEncoder {
  fileprivate init(file fields: PartFields) throws(Diagnostic) {
    let heads = fields.integer("heads", in: Limit.heads)
    let width = fields.integer("width", in: Limit.width)
    let feedForward = fields.integer("feed_forward", in: Limit.width)
    let activation = fields.activation()
    let (imageSize, patchSize) = (
      fields.integer("image_size", in: Limit.imageSize), fields.integer("patch_size", in: Limit.patchSize)
    )
    let channels = fields.integer("channels", in: Limit.channels)
    let layers = fields.integer("layers", in: Limit.layers)
    let classToken = fields.boolean("class_token", default: true)
    let preNorm = fields.boolean("pre_norm", default: true)
    let (postNorm, patchBias) = (
      fields.boolean("post_norm", default: true), fields.boolean("patch_bias", default: false)
    )
    let normsAllTokens = fields.boolean("norm_all_tokens", default: false)
    let positions = fields.optionalInteger("positions", in: 1...Workload.tokenLimit)
    _ = fields.optionalInteger("head_width", in: Limit.headWidth)
    try fields.findings.check()
    // What follows compares figures with each other.
    var block = TransformerBlock.encoder(
      width: width, heads: heads,
      headWidth: fields.findings.attempt(try fields.headWidth(width: width, heads: heads), or: 1),
      feedForward: feedForward, activation: activation)
    block.read(fields)
    self.init(
      imageSize: imageSize, patchSize: patchSize, channels: channels, layers: layers, block: block,
      classToken: classToken, preNorm: preNorm)
    (self.postNorm, self.patchBias, self.normsAllTokens) = (postNorm, patchBias, normsAllTokens)
    storedPositions = positions
    learnedPositions = fields.boolean("learned_positions", default: true)
    framesPerPatch = fields.optionalInteger("frames_per_patch", in: 1...64) ?? 1
    poolingHead = fields.boolean("pooling_head", default: false)
    windows = fields.mapping("windows", ["side", "layers"]).map { part in
      WindowedLayers(
        side: part.integer("side", in: 1...Workload.tokenLimit), layers: part.integer("layers", in: 1...layers))
    }
    try checkPatches(fields.required("patch_size"))
    try fields.findings.check()
  }
}
