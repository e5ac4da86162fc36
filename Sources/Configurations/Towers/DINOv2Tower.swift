internal import Architectures
internal import Documents

extension TowerKind {
  /// DINOv2: a class token, a scale of every channel, positions resampled to the picture, a norm behind the last layer.
  static var dino2: TowerKind {
    TowerKind("dinov2", "Dinov2Model") { (fields, _) throws(Diagnostic) in
      let encoder = try VisionEncoder(dino2: fields)
      var tower = TowerDescription("DINOv2", encoder, epsilon: try fields.epsilon(default: 1e-6), names: .dino2)
      tower.positions = .resampled(.bicubic)
      if encoder.block.gated {
        (tower.names.inputs, tower.names.down) = (["mlp.weights_in"], "mlp.weights_out")
      }
      return tower
    }
  }
}

extension TowerNames {
  fileprivate static let dino2 = TowerNames(
    landmark: "encoder.layer.0.layer_scale1.lambda1", prefixes: ["", "dinov2.", "backbone."],
    patches: "embeddings.patch_embeddings.projection", positions: "embeddings.position_embeddings",
    classToken: "embeddings.cls_token", preNorm: nil, postNorm: "layernorm", layer: "encoder.layer.#.",
    firstNorm: "norm1", secondNorm: "norm2",
    projections: ["attention.attention.query", "attention.attention.key", "attention.attention.value"],
    queryNorm: nil, keyNorm: nil, output: "attention.output.dense", firstScale: "layer_scale1.lambda1",
    secondScale: "layer_scale2.lambda1", inputs: ["mlp.fc1"], down: "mlp.fc2")
}
