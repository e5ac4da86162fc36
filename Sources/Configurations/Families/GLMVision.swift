internal import Architectures
internal import Documents
internal import Operators

extension MultimodalFamily {
  /// GLM-4.1V and GLM-4.5V: a gated tower at an image's own size, a convolution over cells, a gated perceptron.
  static var glmVision: MultimodalFamily {
    MultimodalFamily(
      "Glm4vForConditionalGeneration", "Glm4vMoeForConditionalGeneration", types: "glm4v", "glm4v_moe",
      read: readGLMVision)
  }

  private static func readGLMEncoder(_ part: ConfigFields, feedForward: Int) throws(Diagnostic) -> VisionEncoder {
    var encoder = try VisionEncoder(
      config: part,
      VisionDefaults(
        width: 1536, feedForward: 13_696, layers: 24, heads: 12, imageSize: 336, patchSize: 14, activation: .silu),
      classToken: false, preNorm: true)
    encoder.block.norm = .rms
    encoder.block.gated = true
    encoder.block.feedForward = feedForward
    encoder.block.feedForwardBias = false
    encoder.block.qkvBias = try part.boolean("attention_bias", default: false)
    encoder.block.attentionOutputBias = false
    encoder.block.rotaryWidth = encoder.block.headWidth
    encoder.patchBias = true
    encoder.storedPositions = encoder.patches
    encoder.framesPerPatch = try part.integer("temporal_patch_size", in: 1...64, default: 2, decidesSize: false)
    return encoder
  }

  @Sendable private static func readGLMVision(_ fields: ConfigFields) throws(Diagnostic) -> MultimodalModel {
    let architecture = "Glm4vForConditionalGeneration"
    let isMixture = try fields["model_type"]?.text("\"model_type\"") == "glm4v_moe"
    var text = try fields.language(default: isMixture ? .glm4ExpertsText : .glm4Text)
    text.part.tiedEmbeddings = try fields.boolean("tie_word_embeddings", default: false)
    let part = try fields.part("vision_config").renamed([
      "num_hidden_layers": "depth", "num_attention_heads": "num_heads",
    ])
    let output = try part.integer("out_hidden_size", in: Limit.width, default: 4096)
    let inner = try part.integer("intermediate_size", in: Limit.width, default: 13_696)
    let encoder = try readGLMEncoder(part, feedForward: output)
    let merge = try part.integer("spatial_merge_size", in: 1...64, default: 2, decidesSize: false)
    let connector = Connector(
      from: encoder.block.width,
      [
        .merge(merge * merge), .product(output, bias: true), .product(output, bias: false), .norm(.layer),
        .activation(.gelu), .product(2 * inner, bias: false), .gate(.silu), .product(output, bias: false),
      ])
    var vision = MultimodalModel.Vision(encoder)
    // The limits are those of two frames, as which an image counts.
    let limits = try fields.processor.pixels(
      minimum: 112 * 112, maximum: 14 * 14 * 2 * 2 * 2 * 6144)
    let native = NativeResolution(
      cell: encoder.patchSize * merge, minimum: limits.minimum / 2, maximum: limits.maximum / 2)
    try vision.read(.native(native), of: fields, image: 448)
    return MultimodalModel(
      vision: ReadPart(part: vision, source: part.source("vision", architecture)), connector: connector,
      fields.connectorSource(architecture), language: text)
  }
}
