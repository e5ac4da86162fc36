internal import Architectures
internal import Documents
internal import Operators

extension TowerKind {
  /// Qwen2-VL's: patches of a picture's own size in the order of cells, rotated by row and column, and a merger.
  static var qwen2VL: TowerKind {
    TowerKind(
      "qwen2_vl_vision", "Qwen2VisionTransformerPretrainedModel", "qwen2_vl", "Qwen2VLForConditionalGeneration"
    ) { (fields, _) throws(Diagnostic) in
      var tower = try TowerDescription(
        qwen: "Qwen2-VL", try VisionEncoder(qwen2VL: fields), merging: try fields.mergedPatches,
        fields)
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
  ///
  /// - Throws: `Diagnostic` if heads cannot be halved for rows and columns, and each half for pairs.
  init(qwen kind: String, _ encoder: VisionEncoder, merging cell: Int, _ fields: ConfigFields) throws(Diagnostic) {
    guard encoder.block.headWidth.isMultiple(of: 4) else {
      throw (fields["num_heads"] ?? fields.node).error(
        "\(encoder.block.heads) heads in a width of \(encoder.block.width) are \(encoder.block.headWidth) wide; a head that "
          + "is rotated by row and column takes a multiple of 4")
    }
    self.init(kind, encoder, epsilon: 1e-6, names: .qwen)
    (pixels, positions, self.cell, rotary) = (.patches, .none, cell, try fields.rotaryBase)
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
