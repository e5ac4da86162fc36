internal import Architectures
internal import Documents
internal import Operators

extension VisionFamily {
  /// CLIP's vision tower: a class token before the patches, a norm before the first layer.
  ///
  /// Of CLIP as a whole the vision tower is what is read here.
  static var clip: VisionFamily {
    VisionFamily(
      "CLIPVisionModel", "CLIPModel", "CLIPVisionModelWithProjection", types: "clip_vision_model", "clip"
    ) { (fields) throws(Diagnostic) in
      let part = fields.contains("vision_config") ? try fields.part("vision_config") : fields
      var encoder = try VisionEncoder(clip: part)
      if try fields.firstArchitecture() == "CLIPVisionModelWithProjection" {
        let columns = try part.integer("projection_dim", in: Limit.width, default: 512)
        encoder.lastProduct = LastProduct(columns: columns, bias: false)
      }
      return MultimodalModel.Vision(encoder)
    }
  }
}

extension VisionDefaults {
  /// Those of CLIPVisionConfig.
  static let clip = VisionDefaults(patchSize: 32, activation: .quickGELU)

  /// CLIP ViT-L/14 at 336 pixels, which a LLaVA without a vision_config has.
  static let largeCLIP = VisionDefaults(
    width: 1024, feedForward: 4096, layers: 24, heads: 16, imageSize: 336, patchSize: 14, activation: .quickGELU)
}

extension VisionEncoder {
  /// The encoder of a configuration of CLIP's tower.
  init(clip fields: ConfigFields, _ defaults: VisionDefaults = .clip) throws(Diagnostic) {
    try self.init(config: fields, defaults, classToken: true, preNorm: true)
  }
}
