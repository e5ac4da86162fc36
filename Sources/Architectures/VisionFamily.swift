internal import Documents
internal import Operators

/// A kind of vision encoder that transformers has a configuration class for, and the defaults of that class.
///
/// The defaults are those of transformers 5.23.0; they stand in for keys that a configuration lacks.
struct VisionFamily {
  /// The entry of `architectures`.
  var architecture: String
  /// The entry `model_type`, by which a multimodal configuration names its parts.
  var type: String
  var width = 768
  var feedForward = 3072
  var layers = 12
  var heads = 12
  var imageSize = 224
  var patchSize: Int
  var activation: ActivationKind
  /// Whether a class token stands before the patches, and a norm before the first layer.
  var isCLIP: Bool
  /// The key of the width.
  var widthKey = "hidden_size"

  static let clip = VisionFamily(
    architecture: "CLIPVisionModel", type: "clip_vision_model", patchSize: 32, activation: .quickGELU, isCLIP: true)
  static let siglip = VisionFamily(
    architecture: "SiglipVisionModel", type: "siglip_vision_model", patchSize: 16, activation: .geluTanh,
    isCLIP: false)
  static let all = [clip, siglip]

  /// The tower of IDEFICS, which is CLIP's with other defaults.
  static let idefics = VisionFamily(
    architecture: "IdeficsForVisionText2Text", type: "idefics_vision", feedForward: 5120, layers: 32, heads: 16,
    patchSize: 14, activation: .gelu, isCLIP: true)
}

extension VisionEncoder {
  /// Reads the configuration of a vision encoder of a family.
  ///
  /// - Throws: `Diagnostic` at a value of a wrong type, out of range, or that does not fit the others.
  init(config fields: ConfigFields, family: VisionFamily) throws(Diagnostic) {
    let (width, heads) = try fields.dividedWidth(
      family.widthKey, default: family.width, heads: "num_attention_heads", default: family.heads)
    let block = TransformerBlock.encoder(
      width: width, heads: heads, headWidth: width / heads,
      feedForward: try fields.integer("intermediate_size", in: Limit.width, default: family.feedForward),
      activation: try fields.activation("hidden_act", default: family.activation))
    self.init(
      imageSize: try fields.integer("image_size", in: Limit.imageSize, default: family.imageSize),
      patchSize: try fields.integer("patch_size", in: Limit.patchSize, default: family.patchSize),
      channels: try fields.integer("num_channels", in: Limit.channels, default: 3, decidesSize: false),
      layers: try fields.integer("num_hidden_layers", in: Limit.layers, default: family.layers), block: block,
      classToken: family.isCLIP, preNorm: family.isCLIP)
    if !family.isCLIP {
      patchBias = true
      poolingHead = try fields.boolean("vision_use_head", default: true)
    }
    try checkPatches(fields["patch_size"] ?? fields.node)
  }

  /// Refuses images of no patch or of more tokens than a sequence may have.
  func checkPatches(_ node: Node) throws(Diagnostic) {
    guard (1...Workload.tokenLimit).contains(patches) else {
      throw node.error(
        "an image of \(imageSize) pixels in patches of \(patchSize) makes \(patches) tokens; "
          + "expected 1 to \(Workload.tokenLimit)")
    }
  }
}
