internal import Architectures
internal import Documents
internal import Operators

/// What a configuration class takes where that of a vision encoder lacks a key, and what its keys are called.
struct VisionDefaults {
  var width = 768
  var feedForward = 3072
  var layers = 12
  var heads = 12
  var imageSize = 224
  var patchSize: Int
  var activation: ActivationKind
  /// The key of the width.
  var widthKey = "hidden_size"
}

extension VisionEncoder {
  /// Reads the sizes that towers like CLIP's have: learned positions, layer norms, biases everywhere, a plain
  /// feed-forward block.
  ///
  /// - Throws: `Diagnostic` at a value of a wrong type, out of range, or that does not fit the others.
  init(config fields: ConfigFields, _ defaults: VisionDefaults, classToken: Bool, preNorm: Bool) throws(Diagnostic) {
    let (width, heads) = try fields.dividedWidth(
      defaults.widthKey, default: defaults.width, heads: "num_attention_heads", default: defaults.heads)
    let block = TransformerBlock.encoder(
      width: width, heads: heads, headWidth: width / heads,
      feedForward: try fields.integer("intermediate_size", in: Limit.width, default: defaults.feedForward),
      activation: try fields.activation("hidden_act", default: defaults.activation))
    self.init(
      imageSize: try fields.side("image_size", in: Limit.imageSize, default: defaults.imageSize),
      patchSize: try fields.side("patch_size", in: Limit.patchSize, default: defaults.patchSize),
      channels: try fields.integer("num_channels", in: Limit.channels, default: 3, decidesSize: false),
      layers: try fields.integer("num_hidden_layers", in: Limit.layers, default: defaults.layers), block: block,
      classToken: classToken, preNorm: preNorm)
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

extension MultimodalModel.Vision {
  /// An encoder of which all layers run.
  init(_ encoder: VisionEncoder) { self.init(encoder: encoder, layersUsed: encoder.layers) }
}

extension ConfigFields {
  /// The side of a square: one number, or a list of two equal ones.
  func side(_ key: String, in range: ClosedRange<Int>, default fallback: Int) throws(Diagnostic) -> Int {
    guard let node = self[key], node.isSequence else { return try integer(key, in: range, default: fallback) }
    let sides = try integers(key, in: range)
    guard let side = sides.first, sides.allSatisfy({ $0 == side }) else {
      throw node.error("expected \"\(key)\" to be one number or equal ones, found \(sides)")
    }
    return side
  }
}
