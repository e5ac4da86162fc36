internal import Architectures
internal import Documents
internal import Operators

extension VisionFamily {
  /// ViT, with its pooler or a head for classes.
  static var vit: VisionFamily {
    VisionFamily("ViTModel", "ViTForImageClassification", types: "vit") { (fields) throws(Diagnostic) in
      var encoder = try VisionEncoder(
        config: fields, VisionDefaults(patchSize: 16, activation: .gelu), classToken: true, preNorm: false)
      encoder.patchBias = true
      encoder.normsAllTokens = true
      encoder.lastProduct =
        try fields.imageClasses(of: "ViTForImageClassification") ?? LastProduct(columns: encoder.block.width)
      encoder.block.qkvBias = try fields.boolean("qkv_bias", default: true)
      return MultimodalModel.Vision(encoder)
    }
  }

  /// DINOv2: ViT with a scale of every channel, without a pooler; classes are told by the class token and the patches' mean.
  static var dino2: VisionFamily {
    VisionFamily("Dinov2Model", "Dinov2ForImageClassification", types: "dinov2") { (fields) throws(Diagnostic) in
      var encoder = try VisionEncoder(dino2: fields)
      encoder.lastProduct = try fields.imageClasses(of: "Dinov2ForImageClassification", vectors: 2)
      return MultimodalModel.Vision(encoder)
    }
  }
}

extension ConfigFields {
  /// The head for classes where the file names a class that has one.
  func imageClasses(of architecture: String, vectors: Int = 1) throws(Diagnostic) -> LastProduct? {
    guard try firstArchitecture() == architecture else { return nil }
    return LastProduct(vectors: vectors, columns: try classes())
  }
}

extension VisionEncoder {
  /// The encoder of a configuration of DINOv2.
  init(dino2 fields: ConfigFields) throws(Diagnostic) {
    try self.init(
      config: fields, VisionDefaults(patchSize: 14, activation: .gelu), classToken: true, preNorm: false)
    patchBias = true
    normsAllTokens = true
    block.qkvBias = try fields.boolean("qkv_bias", default: true)
    block.gateWidth = block.width
    let ratio = try fields.integer("mlp_ratio", in: 1...64, default: 4, decidesSize: false)
    block.feedForward = ratio * block.width
    if try fields.boolean("use_swiglu_ffn", default: false) {
      block.gated = true
      block.activation = .silu
      // Two thirds, up to a multiple of 8.
      block.feedForward = (block.feedForward * 2 / 3 + 7) / 8 * 8
    }
    if try fields.boolean("use_mask_token", default: true) { otherParameters = block.width }
  }
}
