internal import Architectures
internal import Documents
internal import Operators

extension VisionFamily {
  /// ViT, with its pooler.
  static var vit: VisionFamily {
    VisionFamily("ViTModel", "ViTForImageClassification", types: "vit") { (fields) throws(Diagnostic) in
      var encoder = try VisionEncoder(
        config: fields, VisionDefaults(patchSize: 16, activation: .gelu), classToken: true, preNorm: false)
      encoder.patchBias = true
      encoder.normsAllTokens = true
      encoder.pooler = true
      encoder.block.qkvBias = try fields.boolean("qkv_bias", default: true)
      return MultimodalModel.Vision(encoder)
    }
  }

  /// DINOv2: ViT with a scale of every channel, without a pooler.
  static var dino2: VisionFamily {
    VisionFamily("Dinov2Model", types: "dinov2") { (fields) throws(Diagnostic) in
      var encoder = try VisionEncoder(
        config: fields, VisionDefaults(patchSize: 14, activation: .gelu), classToken: true, preNorm: false)
      encoder.patchBias = true
      encoder.normsAllTokens = true
      encoder.block.qkvBias = try fields.boolean("qkv_bias", default: true)
      encoder.block.gateWidth = encoder.block.width
      let ratio = try fields.integer("mlp_ratio", in: 1...64, default: 4, decidesSize: false)
      encoder.block.feedForward = ratio * encoder.block.width
      if try fields.boolean("use_swiglu_ffn", default: false) {
        encoder.block.gated = true
        encoder.block.activation = .silu
        // Two thirds, up to a multiple of 8.
        encoder.block.feedForward = (encoder.block.feedForward * 2 / 3 + 7) / 8 * 8
      }
      if try fields.boolean("use_mask_token", default: true) { encoder.otherParameters = encoder.block.width }
      return MultimodalModel.Vision(encoder)
    }
  }
}
