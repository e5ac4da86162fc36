internal import Architectures
internal import Documents
internal import Operators

extension MultimodalFamily {
  /// Qwen2-VL: an encoder of rotated patches at an image's own resolution, a perceptron over cells of merged patches,
  /// and Qwen2.
  static var qwen2VL: MultimodalFamily {
    MultimodalFamily("Qwen2VLForConditionalGeneration", types: "qwen2_vl", read: readQwen2VL)
  }

  /// Without a size given images have 448 x 448 pixels.
  @Sendable private static func readQwen2VL(_ fields: ConfigFields) throws(Diagnostic) -> MultimodalModel {
    let architecture = "Qwen2VLForConditionalGeneration"
    let text = try fields.qwenVLText(architecture)
    let part = try fields.part("vision_config")
    let encoder = try VisionEncoder(qwen2VL: part)
    let output = try part.integer("hidden_size", in: Limit.width, default: 3584)
    guard output == text.part.block.width else {
      throw (part["hidden_size"] ?? part.node).error(
        "expected the vision's \"hidden_size\" to be the language model's, \(text.part.block.width); found \(output)")
    }
    let merge = try part.integer("spatial_merge_size", in: 1...64, default: 2, decidesSize: false)
    let cellWidth = encoder.block.width * merge * merge
    let connector = Connector(
      from: encoder.block.width,
      [
        .norm(.layer), .merge(merge * merge), .product(cellWidth, bias: true), .activation(.gelu),
        .product(output, bias: true),
      ])
    return try fields.qwenModel(
      architecture, encoder, of: part, merging: merge, pixels: 3136...12_845_056, video: .qwen2, connector, text)
  }
}

extension NativeResolution.Video {
  /// The limits of each frame by Qwen2VLVideoProcessor: 128 and 768 cells.
  static let qwen2 = NativeResolution.Video(minimum: 128 * 28 * 28, maximum: 768 * 28 * 28, areOfAll: false)
}

extension ConfigFields {
  /// A model of Qwen's that reads images at their own resolution, so many pixels at least and at most, in cells of
  /// merged patches.
  func qwenModel(
    _ architecture: String, _ encoder: VisionEncoder, of part: ConfigFields, merging merge: Int,
    pixels: ClosedRange<Int>, video: NativeResolution.Video, _ connector: Connector, _ text: ReadPart<LanguageModel>
  ) throws(Diagnostic) -> MultimodalModel {
    var vision = MultimodalModel.Vision(encoder)
    let limits = try processor.pixels(minimum: pixels.lowerBound, maximum: pixels.upperBound)
    var native = NativeResolution(
      cell: encoder.patchSize * merge, minimum: limits.minimum, maximum: limits.maximum)
    native.video = video
    try vision.read(.native(native), of: self, image: 448)
    return MultimodalModel(
      vision: ReadPart(part: vision, source: part.source("vision", architecture)), connector: connector,
      connectorSource(architecture), language: text)
  }

  /// The language model of Qwen2-VL and Qwen2.5-VL, which is Qwen2 with other defaults. Published files have its keys
  /// beside the vision's, transformers 5 writes them apart.
  func qwenVLText(_ architecture: String) throws(Diagnostic) -> ReadPart<LanguageModel> {
    let text = contains("text_config") ? try part("text_config") : self
    var reader = try DecoderReader(
      text,
      DecoderDefaults(vocabulary: 152_064, width: 8192, feedForward: 29_568, layers: 80, heads: 64, kvHeads: 8))
    reader.block.qkvBias = true
    var language = try reader.qwenLanguage(windowsFrom: 80)
    if try boolean("tie_word_embeddings", default: false) { language.tiedEmbeddings = true }
    try text.readDefaultPositions(of: &language, types: ["qwen2_vl_text", "qwen2_5_vl_text"])
    return ReadPart(part: language, source: text.source("language", architecture))
  }
}

extension VisionEncoder {
  /// The encoder of `vision_config`; defaults are those of Qwen2VLVisionConfig.
  init(qwen2VL fields: ConfigFields) throws(Diagnostic) {
    let (width, heads) = try fields.dividedWidth("embed_dim", default: 1280, heads: "num_heads", default: 16)
    let ratio = try fields.integer("mlp_ratio", in: 1...64, default: 4, decidesSize: false)
    var block = TransformerBlock.encoder(
      width: width, heads: heads, headWidth: width / heads, feedForward: ratio * width,
      activation: try fields.activation("hidden_act", default: .quickGELU))
    block.rotaryWidth = block.headWidth
    try self.init(qwenTower: fields, block: block, layers: 32, patchSize: 14)
  }
}
