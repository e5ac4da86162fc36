internal import Architectures
internal import Documents
internal import Operators

extension TowerKind {
  /// InternViT, in transformers' and in its authors' format: a class token, a scale of every channel, and behind it the
  /// perceptron of an InternVL over cells of patches (pixel shuffle).
  static var internViT: TowerKind {
    TowerKind("internvl_vision", "InternVLVisionModel", "intern_vit_6b", "InternVisionModel") {
      (fields, whole) throws(Diagnostic) in
      let encoder = try VisionEncoder(internViT: fields)
      let isNative = try fields["model_type"]?.text("\"model_type\"") == "internvl_vision"
      var tower = TowerDescription(
        "InternViT", encoder, epsilon: try fields.epsilon(default: 1e-6),
        names: isNative ? .internViT : .originalInternViT)
      tower.positions = .resampled(.bicubic)
      if !encoder.postNorm { tower.names.postNorm = nil }
      if encoder.block.queryKeyNorm == nil { (tower.names.queryNorm, tower.names.keyNorm) = (nil, nil) }
      tower.projector = try whole?.internProjector(of: encoder)
      return tower
    }
  }
}

extension ConfigFields {
  /// The perceptron of an InternVL; nil for other models, and for the first version of its pixel shuffle.
  fileprivate func internProjector(of encoder: VisionEncoder) throws(Diagnostic) -> TowerProjector? {
    let isNative = !contains("llm_config")
    guard let text = self[isNative ? "text_config" : "llm_config"],
      let width = try ConfigFields(text, "the language model")["hidden_size"]?.integer(
        "\"hidden_size\"", in: Limit.width)
    else { return nil }
    if !isNative, try self["ps_version"]?.text("\"ps_version\"") == "v1" { return nil }
    let ratio = try self["downsample_ratio"]?.number("\"downsample_ratio\"", in: 0.01...1) ?? 0.5
    let layer = try lastFeatureLayer(isNative ? "vision_feature_layer" : "select_layer", of: encoder)
    return TowerProjector(
      layer: layer == encoder.layers ? nil : layer, cell: Int((1 / ratio).rounded()),
      norm: .init(
        name: isNative ? "/multi_modal_projector.layer_norm" : "/mlp1.0", kind: .layer, epsilon: 1e-5, isOfCells: true),
      first: isNative ? "/multi_modal_projector.linear_1" : "/mlp1.1",
      second: isNative ? "/multi_modal_projector.linear_2" : "/mlp1.3", inner: width, output: width,
      activation: try activation("projector_hidden_act", default: .gelu), isMerger: true)
  }
}

extension TowerNames {
  fileprivate static let internViT = TowerNames(
    landmark: "encoder.layer.0.lambda_1", prefixes: ["", "vision_tower.", "model.vision_tower."],
    patches: "embeddings.patch_embeddings.projection", positions: "embeddings.position_embeddings",
    classToken: "embeddings.cls_token", preNorm: nil, postNorm: "layernorm", layer: "encoder.layer.#.",
    firstNorm: "layernorm_before", secondNorm: "layernorm_after",
    projections: ["attention.q_proj", "attention.k_proj", "attention.v_proj"], queryNorm: "attention.q_norm",
    keyNorm: "attention.k_norm", output: "attention.projection_layer", firstScale: "lambda_1", secondScale: "lambda_2",
    inputs: ["mlp.fc1"], down: "mlp.fc2")

  fileprivate static let originalInternViT = TowerNames(
    landmark: "encoder.layers.0.ls1", prefixes: ["vision_model.", ""], patches: "embeddings.patch_embedding",
    positions: "embeddings.position_embedding", classToken: "embeddings.class_embedding", preNorm: nil, postNorm: nil,
    layer: "encoder.layers.#.", firstNorm: "norm1", secondNorm: "norm2", projections: ["attn.qkv"],
    queryNorm: "attn.q_norm", keyNorm: "attn.k_norm", output: "attn.proj", firstScale: "ls1", secondScale: "ls2",
    inputs: ["mlp.fc1"], down: "mlp.fc2")
}
