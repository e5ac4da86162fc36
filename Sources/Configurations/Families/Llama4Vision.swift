internal import Architectures
internal import Documents
internal import Operators

extension MultimodalFamily {
  /// Llama 4: tiles, pixel shuffle, a perceptron and a product.
  static var llama4Vision: MultimodalFamily {
    MultimodalFamily("Llama4ForConditionalGeneration", types: "llama4", read: readLlama4Vision)
  }

  @Sendable private static func readLlama4Vision(_ fields: ConfigFields) throws(Diagnostic) -> MultimodalModel {
    let architecture = "Llama4ForConditionalGeneration"
    var text = try fields.language(default: .llama4)
    text.part.tiedEmbeddings = try fields.isTied(default: false)
    let part = try fields.part("vision_config")
    var encoder = try VisionEncoder(
      config: part,
      VisionDefaults(
        feedForward: 5632, layers: 34, heads: 16, imageSize: 448, patchSize: 14, activation: .gelu),
      classToken: true, preNorm: true)
    encoder.block.rotaryWidth = encoder.block.headWidth
    encoder.normsAllTokens = true
    let ratio = try part["pixel_shuffle_ratio"]?.number("\"pixel_shuffle_ratio\"", in: 0.01...1) ?? 0.5
    let side = Int((1 / ratio).rounded())
    let inner = try part.integer("projector_input_dim", in: Limit.width, default: 4096)
    let output = try part.integer("projector_output_dim", in: Limit.width, default: 4096)
    let connector = Connector(
      from: encoder.block.width,
      [
        .merge(side * side), .product(inner, bias: false), .activation(.gelu), .product(output, bias: false),
        .activation(.gelu),
        .product(text.part.block.width, bias: try part.boolean("multi_modal_projector_bias", default: false)),
      ])
    var vision = MultimodalModel.Vision(encoder)
    let most = try fields.processor.optionalInteger("max_patches", in: 1...1024, default: nil) ?? 16
    let canvas = TileCanvas(.bestFit(most: most), tokensPerTile: encoder.patches / (side * side))
    try vision.read(.canvas(canvas), of: fields, image: encoder.imageSize)
    return MultimodalModel(
      vision: ReadPart(part: vision, source: part.source("vision", architecture)), connector: connector,
      fields.connectorSource(architecture), language: text)
  }
}
