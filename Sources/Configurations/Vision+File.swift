internal import Architectures
internal import Documents
internal import Operators

extension MultimodalModel.Vision {
  /// Reads the vision part of a model file.
  init(file fields: PartFields) throws(Diagnostic) {
    try fields.check(known: PartFields.blockKeys + PartFields.visionKeys)
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
    try fields.findings.check()
  }

  /// The vision part of a model that a configuration describes, and how much of it is used here.
  private init(configured model: MultimodalModel, _ fields: PartFields) throws(Diagnostic) {
    try fields.check(replaceable: ["layers_used", "keep_class_token"])
    guard let vision = model.vision else { throw fields.node.error("the model \"\(model.name)\" has no vision part") }
    guard vision.resolution == nil else {
      throw fields.node.error("the vision part of \"\(model.name)\" depends on the size of images; use its \"config\"")
    }
    let encoder = vision.encoder
    let layersUsed = fields.optionalInteger("layers_used", in: 1...encoder.layers) ?? vision.layersUsed
    let keepsClassToken = fields.boolean("keep_class_token", default: false)
    self.init(
      encoder: encoder, layersUsed: layersUsed,
      droppedTokens: fields["keep_class_token"] != nil
        ? Self.droppedTokens(fields, encoder, keepsClassToken) : vision.droppedTokens)
    try fields.findings.check()
  }

  /// A class token is dropped unless it is to be kept, which only one that is there can be.
  private static func droppedTokens(_ fields: PartFields, _ encoder: VisionEncoder, _ keepsClassToken: Bool) -> Int {
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
    let block = TransformerBlock.encoder(
      width: width, heads: heads,
      headWidth: fields.findings.attempt(try fields.headWidth(width: width, heads: heads), or: 1),
      feedForward: feedForward, activation: activation)
    self.init(
      imageSize: imageSize, patchSize: patchSize, channels: channels, layers: layers, block: block,
      classToken: classToken, preNorm: preNorm)
    self.postNorm = postNorm
    self.patchBias = patchBias
    self.normsAllTokens = normsAllTokens
    storedPositions = positions
    try checkPatches(fields.required("patch_size"))
    try fields.findings.check()
  }
}
