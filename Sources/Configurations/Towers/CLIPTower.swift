internal import Architectures
internal import Documents

extension TowerKind {
  /// CLIP's: a class token, a norm before the first layer; what leaves it is not normalised.
  static var clip: TowerKind {
    TowerKind(
      "clip_vision_model", "CLIPVisionModel", "CLIPVisionModelWithProjection", "clip"
    ) { (fields, whole) throws(Diagnostic) in
      let isLarge = try whole.map { (whole) throws(Diagnostic) in
        !whole.contains("vision_config") && !whole.contains("vision_config_dict")
      }
      let encoder = try VisionEncoder(clip: fields, isLarge == true ? .largeCLIP : .clip)
      var tower = TowerDescription("CLIP", encoder, epsilon: try fields.epsilon(default: 1e-5), names: .clip)
      tower.projector = try whole?.llavaProjector(of: encoder)
      tower.packing = try whole?.llavaPacking(of: encoder)
      return tower
    }
  }
}

extension TowerNames {
  /// Those of CLIP and SigLIP in common.
  static let clip = TowerNames(
    landmark: "embeddings.class_embedding",
    prefixes: [
      "vision_model.", "vision_tower.vision_model.", "model.vision_tower.vision_model.", "", "model.vision_tower.",
      "vision_tower.", "image_tower.vision_model.", "model.image_tower.vision_model.",
    ],
    patches: "embeddings.patch_embedding", positions: "embeddings.position_embedding.weight",
    classToken: "embeddings.class_embedding", preNorm: "pre_layrnorm", postNorm: nil, layer: "encoder.layers.#.",
    firstNorm: "layer_norm1", secondNorm: "layer_norm2",
    projections: ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"], queryNorm: nil, keyNorm: nil,
    output: "self_attn.out_proj", firstScale: nil, secondScale: nil, inputs: ["mlp.fc1"], down: "mlp.fc2")
}
