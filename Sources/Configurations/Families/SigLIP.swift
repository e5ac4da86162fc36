internal import Architectures
internal import Documents
internal import Operators

extension VisionFamily {
  /// SigLIP's vision tower: no class token, a bias of the patch embedding, a head that pools by attention.
  ///
  /// Of SigLIP as a whole the vision tower is what is read here.
  static var siglip: VisionFamily {
    VisionFamily(
      "SiglipVisionModel", "SiglipModel", "SiglipForImageClassification", types: "siglip_vision_model", "siglip"
    ) { (fields) throws(Diagnostic) in
      let part = fields.contains("vision_config") ? try fields.part("vision_config") : fields
      var encoder = try VisionEncoder(siglip: part)
      encoder.lastProduct = try fields.imageClasses(of: "SiglipForImageClassification")
      return MultimodalModel.Vision(encoder)
    }
  }

  /// SigLIP 2 at an image's own shape: as many patches as there are positions.
  static var siglip2: VisionFamily {
    VisionFamily(
      "Siglip2VisionModel", "Siglip2Model", "Siglip2ForImageClassification", types: "siglip2_vision_model", "siglip2"
    ) { (fields) throws(Diagnostic) in
      let part = fields.contains("vision_config") ? try fields.part("vision_config") : fields
      var encoder = try VisionEncoder(naFlex: part)
      encoder.lastProduct = try fields.imageClasses(of: "Siglip2ForImageClassification")
      return MultimodalModel.Vision(encoder)
    }
  }

  /// The towers of Idefics 2 and 3 and SmolVLM, which are SigLIP's without its head.
  static var ideficsSiglip: VisionFamily {
    VisionFamily(
      types: "idefics3", "idefics3_vision", "smolvlm_vision", "idefics2", "idefics2_vision"
    ) { (fields) throws(Diagnostic) in
      let isSecond = try fields["model_type"]?.text("\"model_type\"").hasPrefix("idefics2") == true
      var encoder = try VisionEncoder(
        config: fields,
        VisionDefaults(
          width: isSecond ? 768 : 1152, heads: isSecond ? 12 : 16, patchSize: 32, activation: .geluTanh),
        classToken: false, preNorm: false)
      encoder.patchBias = true
      return MultimodalModel.Vision(encoder)
    }
  }
}

extension VisionDefaults {
  /// SigLIP so400m at 384 pixels.
  static let so400m = VisionDefaults(
    width: 1152, feedForward: 4304, layers: 27, heads: 16, imageSize: 384, patchSize: 14, activation: .geluTanh)
}

extension VisionEncoder {
  /// The encoder of a configuration of SigLIP's tower.
  init(
    siglip fields: ConfigFields, _ defaults: VisionDefaults = VisionDefaults(patchSize: 16, activation: .geluTanh)
  ) throws(Diagnostic) {
    try self.init(config: fields, defaults, classToken: false, preNorm: false)
    patchBias = true
    poolingHead = try fields.boolean("vision_use_head", default: true)
  }

  /// The encoder of a configuration of SigLIP 2's tower, with a square of as many patches as there are positions.
  init(naFlex fields: ConfigFields) throws(Diagnostic) {
    let patches = try fields.integer("num_patches", in: 1...Workload.tokenLimit, default: 256)
    let side = Int(Double(patches).squareRoot())
    guard side * side == patches else {
      throw (fields["num_patches"] ?? fields.node).error("expected \"num_patches\" to be a square, found \(patches)")
    }
    let patch = try fields.integer("patch_size", in: Limit.patchSize, default: 16)
    try self.init(siglip: fields)
    (imageSize, patchSize) = (side * patch, patch)
  }
}
