internal import Documents
internal import Operators

extension Model.Vision {
  /// Reads the vision part of a model file.
  init(file fields: PartFields) throws(Diagnostic) {
    try fields.check(known: PartFields.blockKeys + PartFields.visionKeys)
    if let model = fields.configured {
      try self.init(configured: model, fields)
      return
    }
    let encoder = try VisionEncoder(file: fields)
    let layersUsed =
      try fields["layers_used"]?.integer("the layers used", in: 1...encoder.layers) ?? encoder.layers
    self.init(encoder: encoder, layersUsed: layersUsed, droppedTokens: try Self.droppedTokens(fields, encoder))
  }

  /// The vision part of a model that a configuration describes, and how much of it is used here.
  private init(configured model: Model, _ fields: PartFields) throws(Diagnostic) {
    try fields.check(replaceable: ["layers_used", "keep_class_token"])
    guard let vision = model.vision else { throw fields.node.error("the model \"\(model.name)\" has no vision part") }
    guard vision.resolution == nil else {
      throw fields.node.error("the vision part of \"\(model.name)\" depends on the size of images; use its \"config\"")
    }
    let encoder = vision.encoder
    let layersUsed =
      try fields["layers_used"]?.integer("the layers used", in: 1...encoder.layers) ?? vision.layersUsed
    let isStated = fields["keep_class_token"] != nil
    self.init(
      encoder: encoder, layersUsed: layersUsed,
      droppedTokens: isStated ? try Self.droppedTokens(fields, encoder) : vision.droppedTokens)
  }

  /// A class token is dropped unless `keep_class_token` says otherwise.
  private static func droppedTokens(_ fields: PartFields, _ encoder: VisionEncoder) throws(Diagnostic) -> Int {
    let keeps = try fields.boolean("keep_class_token", default: false)
    if keeps, !encoder.classToken, let node = fields["keep_class_token"] {
      throw node.error("the encoder has no class token to keep")
    }
    return encoder.classToken && !keeps ? 1 : 0
  }
}

extension VisionEncoder {
  fileprivate init(file fields: PartFields) throws(Diagnostic) {
    let heads = try fields.integer("heads", in: Limit.heads)
    let width = try fields.integer("width", in: Limit.width)
    let block = TransformerBlock.encoder(
      width: width, heads: heads, headWidth: try fields.headWidth(width: width, heads: heads),
      feedForward: try fields.integer("feed_forward", in: Limit.width),
      activation: try fields.required("activation").choice("the activation"))
    let patchNode = try fields.required("patch_size")
    self.init(
      imageSize: try fields.integer("image_size", in: Limit.imageSize),
      patchSize: try patchNode.integer("the patch size", in: Limit.patchSize),
      channels: try fields.integer("channels", in: Limit.channels),
      layers: try fields.integer("layers", in: Limit.layers), block: block,
      classToken: try fields.boolean("class_token", default: true),
      preNorm: try fields.boolean("pre_norm", default: true))
    postNorm = try fields.boolean("post_norm", default: true)
    patchBias = try fields.boolean("patch_bias", default: false)
    normsAllTokens = try fields.boolean("norm_all_tokens", default: false)
    storedPositions = try fields["positions"]?.integer("\"positions\"", in: 1...Workload.tokenLimit)
    try checkPatches(patchNode)
  }
}
