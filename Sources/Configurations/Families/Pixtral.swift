internal import Architectures
internal import Documents
internal import Operators

extension VisionFamily {
  /// Pixtral's tower: rotated patches at an image's own size, gated feed-forward blocks, no biases.
  static var pixtral: VisionFamily {
    VisionFamily("PixtralVisionModel", types: "pixtral") { (fields) throws(Diagnostic) in
      var encoder = try VisionEncoder(
        config: fields,
        VisionDefaults(
          width: 1024, feedForward: 4096, layers: 24, heads: 16, imageSize: 1024, patchSize: 16, activation: .gelu),
        classToken: false, preNorm: true)
      encoder.block.norm = .rms
      encoder.block.gated = true
      (encoder.block.qkvBias, encoder.block.attentionOutputBias, encoder.block.feedForwardBias) = (false, false, false)
      let headWidth = try fields.integer(
        "head_dim", in: Limit.headWidth, default: encoder.block.headWidth, decidesSize: false)
      (encoder.block.headWidth, encoder.block.rotaryWidth) = (headWidth, headWidth)
      encoder.learnedPositions = false
      encoder.postNorm = false
      var vision = MultimodalModel.Vision(encoder)
      vision.resolution = .rows(PatchRows(longest: encoder.imageSize))
      return vision
    }
  }
}

extension MultimodalFamily {
  /// Mistral Small 3.1: Pixtral's tower, cells of merged patches, a perceptron.
  static var mistral3: MultimodalFamily {
    MultimodalFamily("Mistral3ForConditionalGeneration", types: "mistral3", read: readMistral3)
  }

  @Sendable private static func readMistral3(_ fields: ConfigFields) throws(Diagnostic) -> MultimodalModel {
    var text = try fields.language(default: .mistral)
    text.part.tiedEmbeddings = try fields.isTied(default: true)
    var tower = try fields.tower(default: .pixtral)
    let (encoder, width) = (tower.part.encoder, text.part.block.width)
    let merge = try fields.integer("spatial_merge_size", in: 1...64, default: 2, decidesSize: false)
    let bias = try fields.boolean("multimodal_projector_bias", default: false)
    let connector = Connector(
      from: encoder.block.width,
      [
        .norm(.rms), .merge(merge * merge), .product(encoder.block.width, bias: false), .product(width, bias: bias),
        .activation(try fields.activation("projector_hidden_act", default: .gelu)), .product(width, bias: bias),
      ])
    let longest = try fields.processor.size("longest_edge") ?? encoder.imageSize
    try tower.part.read(
      .rows(PatchRows(longest: longest, merged: merge)), of: fields, image: min(448, encoder.imageSize))
    return MultimodalModel(vision: tower, connector: connector, fields.connectorSource("Mistral3"), language: text)
  }
}
