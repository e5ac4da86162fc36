internal import Architectures
internal import Documents
internal import Operators

extension TowerKind {
  /// Qwen3-VL's: Qwen2-VL's with a resampled table of positions, and mergers of earlier layers (deepstack).
  static var qwen3VL: TowerKind {
    TowerKind(
      "qwen3_vl_vision", "Qwen3VLVisionModel", "qwen3_vl", "Qwen3VLForConditionalGeneration", "qwen3_vl_moe",
      "qwen3_vl_moe_vision", "Qwen3VLMoeVisionModel", "Qwen3VLMoeForConditionalGeneration"
    ) { (fields, _) throws(Diagnostic) in try TowerDescription(qwen3VL: fields, deepstack: [8, 16, 24]) }
  }

  /// Qwen3.5's: the same without mergers of earlier layers.
  static var qwen35: TowerKind {
    TowerKind(
      "qwen3_5_vision", "Qwen3_5VisionModel", "qwen3_5", "Qwen3_5ForConditionalGeneration", "qwen3_5_moe",
      "qwen3_5_moe_vision", "Qwen3_5MoeVisionModel", "Qwen3_5MoeForConditionalGeneration"
    ) { (fields, _) throws(Diagnostic) in try TowerDescription(qwen3VL: fields) }
  }
}

extension TowerDescription {
  /// A tower of Qwen3-VL's kind; `deepstack` are the layers that are read too unless the file names others.
  fileprivate init(qwen3VL fields: ConfigFields, deepstack layers: [Int] = []) throws(Diagnostic) {
    try self.init(
      qwen: "Qwen3-VL", try VisionEncoder(qwen3VL: fields), merging: try fields.mergedPatches,
      fields)
    positions = .resampled(.bilinearCorners)
    names.positions = "pos_embed.weight"
    (names.inputs, names.down) = (["mlp.linear_fc1"], "mlp.linear_fc2")
    let output = try fields.integer("out_hidden_size", in: Limit.width, default: 3584)
    projector = merger(
      norm: "merger.norm", .layer, first: "merger.linear_fc1", second: "merger.linear_fc2", output: output)
    for (index, layer) in try fields.deepstackLayers(default: layers).enumerated() {
      let name = "deepstack_merger_list.\(index)"
      var merger = merger(
        norm: "\(name).norm", .layer, first: "\(name).linear_fc1", second: "\(name).linear_fc2", output: output)
      merger.layer = layer + 1
      merger.norm?.isOfCells = true
      deepstack.append(merger)
    }
  }
}
