internal import Architectures
internal import Documents
internal import Operators

extension MultimodalFamily {
  /// Idefics 2: SigLIP at an image's own shape, a gated perceptron, 64 latents over it, Mistral.
  static var idefics2: MultimodalFamily {
    MultimodalFamily("Idefics2ForConditionalGeneration", types: "idefics2", read: readIdefics2)
  }

  @Sendable private static func readIdefics2(_ fields: ConfigFields) throws(Diagnostic) -> MultimodalModel {
    let architecture = "Idefics2ForConditionalGeneration"
    var text = try fields.language(default: .mistral)
    text.part.tiedEmbeddings = try fields.isTied(default: false)
    // Published files name the tower's own model.
    let part = try fields.part("vision_config")
    var encoder = try VisionEncoder(
      config: part, VisionDefaults(width: 768, heads: 12, patchSize: 32, activation: .geluTanh), classToken: false,
      preNorm: false)
    encoder.patchBias = true
    encoder.storedPositions = encoder.patches
    let width = text.part.block.width
    let perceiver = try Perceiver(idefics2: fields.part("perceiver_config"), width: width)
    var connector = Connector(widths: [width])
    connector.entryWidth = encoder.block.width
    let activation = text.part.block.activation
    connector.entry = [
      .product(2 * text.part.block.feedForward, bias: false), .gate(activation), .product(width, bias: false),
    ]
    connector.compressor = .perceiver(perceiver)
    let processor = try fields.processor
    let sides = LimitedSides(
      shortest: try processor.size("shortest_edge") ?? 378, longest: try processor.size("longest_edge") ?? 980,
      splits: try processor.boolean("do_image_splitting", default: false), tokensPerTile: perceiver.latents)
    var vision = MultimodalModel.Vision(encoder)
    try vision.read(.sides(sides), of: fields, image: encoder.imageSize)
    return MultimodalModel(
      vision: ReadPart(part: vision, source: part.source("vision", architecture)), connector: connector,
      fields.connectorSource(architecture), language: text)
  }
}

extension Perceiver {
  /// The perceiver of `perceiver_config`, as wide as the language model.
  fileprivate init(idefics2 fields: ConfigFields, width: Int) throws(Diagnostic) {
    let heads = try fields.integer("resampler_n_heads", in: Limit.heads, default: 16)
    self.init(
      latents: try fields.integer("resampler_n_latents", in: Limit.queries, default: 64),
      layers: try fields.integer("resampler_depth", in: Limit.layers, default: 3), width: width, heads: heads,
      headWidth: try fields.integer("resampler_head_dim", in: Limit.headWidth, default: 96))
    kvHeads = try fields.kvHeads(heads: heads, default: 4)
    activation = try fields.activation("hidden_act", default: .silu)
    (norm, gated) = (.rms, true)
  }
}
