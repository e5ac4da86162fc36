internal import Architectures
internal import Documents
internal import Operators

extension MultimodalFamily {
  /// Kimi-VL: MoonViT at an image's own size, a perceptron over cells of merged patches, DeepSeek-V3's layers.
  static var kimiVL: MultimodalFamily {
    MultimodalFamily("KimiVLForConditionalGeneration", types: "kimi_vl", read: readKimiVL)
  }

  /// Source: modeling_kimi_vl.py and image_processing_kimi_vl.py of huggingface.co/moonshotai/Kimi-VL-A3B-Instruct.
  @Sendable private static func readKimiVL(_ fields: ConfigFields) throws(Diagnostic) -> MultimodalModel {
    let architecture = "KimiVLForConditionalGeneration"
    let text = try fields.language(default: .deepseekV3)
    let part = try fields.part("vision_config")
    var encoder = try VisionEncoder(
      config: part,
      VisionDefaults(
        width: 1152, feedForward: 4304, layers: 27, heads: 16, imageSize: 448, patchSize: 14, activation: .geluTanh),
      classToken: false, preNorm: false)
    encoder.block.rotaryWidth = encoder.block.headWidth
    encoder.patchBias = true
    encoder.storedPositions =
      try part.integer("init_pos_emb_height", in: 1...1024, default: 64)
      * (try part.integer("init_pos_emb_width", in: 1...1024, default: 64))
    let sides = try part.integers("merge_kernel_size", in: 1...64)
    let (merge, width) = (sides.first ?? 2, text.part.block.width)
    let cell = merge * merge
    let connector = Connector(
      from: encoder.block.width,
      [
        .norm(.layer), .merge(cell), .product(cell * encoder.block.width, bias: true), .activation(.gelu),
        .product(width, bias: true),
      ])
    var vision = MultimodalModel.Vision(encoder)
    // Scaled to so many patches if there are more, then filled up to whole cells.
    let patches = try fields.processor.integer(
      "in_token_limit", in: 1...Workload.tokenLimit, default: 4096, decidesSize: false)
    let pixels = patches * encoder.patchSize * encoder.patchSize
    let native = NativeResolution(
      cell: encoder.patchSize * merge, minimum: 1, maximum: pixels, padding: encoder.patchSize)
    try vision.read(.native(native), of: fields, image: 448)
    return MultimodalModel(
      vision: ReadPart(part: vision, source: part.source("vision", architecture)), connector: connector,
      fields.connectorSource(architecture), language: text)
  }
}
