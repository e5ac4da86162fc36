internal import Architectures
internal import Documents

extension TowerKind {
  /// SigLIP's, and SigLIP 2's for pictures of one size: no class token, a norm behind the last layer.
  static var siglip: TowerKind {
    TowerKind("siglip_vision_model", "SiglipVisionModel", "siglip", "SiglipModel") {
      (fields, whole) throws(Diagnostic) in
      let encoder = try VisionEncoder(siglip: fields)
      var tower = TowerDescription("SigLIP", encoder, epsilon: try fields.epsilon(default: 1e-6), names: .siglip)
      tower.projector = try whole?.llavaProjector(of: encoder)
      tower.packing = try whole?.llavaPacking(of: encoder)
      return tower
    }
  }

  /// SigLIP 2's for pictures of their own shape (NaFlex): positions are resampled to it.
  static var siglip2: TowerKind {
    TowerKind("siglip2_vision_model", "Siglip2VisionModel", "siglip2", "Siglip2Model") {
      (fields, _) throws(Diagnostic) in
      let encoder = try VisionEncoder(naFlex: fields)
      var tower = TowerDescription("SigLIP 2", encoder, epsilon: try fields.epsilon(default: 1e-6), names: .siglip)
      tower.pixels = .interleaved
      tower.positions = .resampled(.antialiasedBilinear)
      return tower
    }
  }
}

extension TowerNames {
  static let siglip: TowerNames = {
    var names = TowerNames.clip
    names.landmark = "embeddings.patch_embedding.bias"
    (names.classToken, names.preNorm, names.postNorm) = (nil, nil, "post_layernorm")
    return names
  }()
}
