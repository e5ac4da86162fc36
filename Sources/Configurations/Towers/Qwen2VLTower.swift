internal import Architectures
internal import Documents
internal import Operators

extension TowerKind {
  /// Qwen2-VL's: patches of a picture's own size in the order of cells, rotated by row and column, and a merger.
  static var qwen2VL: TowerKind {
    TowerKind(
      "qwen2_vl_vision", "Qwen2VisionTransformerPretrainedModel", "qwen2_vl", "Qwen2VLForConditionalGeneration"
    ) { (fields, _) throws(Diagnostic) in
      var tower = TowerDescription(
        qwen: "Qwen2-VL", try VisionEncoder(qwen2VL: fields), merging: try fields.mergedPatches,
        rotary: try fields.rotaryBase)
      tower.projector = tower.merger(
        norm: "merger.ln_q", .layer, first: "merger.mlp.0", second: "merger.mlp.2",
        output: try fields.integer("hidden_size", in: Limit.width, default: 3584))
      return tower
    }
  }
}

extension ConfigFields {
  /// The base of the angles by which patches are rotated.
  var rotaryBase: Double {
    get throws(Diagnostic) {
      guard let node = self["rope_parameters"] else { return 10_000 }
      let range = 1...1e9
      return try ConfigFields(node, "\"rope_parameters\"")["rope_theta"]?.number("\"rope_theta\"", in: range) ?? 10_000
    }
  }
}

extension TowerDescription {
  /// What the towers of Qwen's models share.
  init(qwen kind: String, _ encoder: VisionEncoder, merging cell: Int, rotary: Double) {
    self.init(kind, encoder, epsilon: 1e-6, names: .qwen)
    (pixels, positions, self.cell, self.rotary) = (.patches, .none, cell, rotary)
  }

  /// A merger over cells: a norm of patches, two products.
  func merger(norm: String, _ kind: NormKind, first: String, second: String, output: Int) -> TowerProjector {
    TowerProjector(
      layer: nil, cell: cell, norm: .init(name: norm, kind: kind, epsilon: 1e-6, isOfCells: false), first: first,
      second: second, inner: encoder.block.width * cell * cell, output: output, activation: .gelu, isMerger: true)
  }
}

extension TowerNames {
  fileprivate static let qwen = TowerNames(
    landmark: "patch_embed.proj.weight", prefixes: ["", "visual.", "model.visual.", "vision_tower."],
    patches: "patch_embed.proj", positions: nil, classToken: nil, preNorm: nil, postNorm: nil, layer: "blocks.#.",
    firstNorm: "norm1", secondNorm: "norm2", projections: ["attn.qkv"], queryNorm: nil, keyNorm: nil,
    output: "attn.proj", firstScale: nil, secondScale: nil, inputs: ["mlp.fc1"], down: "mlp.fc2")
}
