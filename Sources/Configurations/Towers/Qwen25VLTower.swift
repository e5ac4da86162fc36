internal import Architectures
internal import Documents
internal import Operators

extension TowerKind {
  /// Qwen2.5-VL's: Qwen2-VL's with a gate, and windows in most layers.
  static var qwen25VL: TowerKind {
    TowerKind(
      "qwen2_5_vl_vision", "Qwen2_5_VisionTransformerPretrainedModel", "qwen2_5_vl",
      "Qwen2_5_VLForConditionalGeneration"
    ) { (fields, _) throws(Diagnostic) in
      let fields = fields.renamed(["in_channels": "in_chans"])
      let encoder = try VisionEncoder(qwen25VL: fields)
      var tower = try TowerDescription(
        qwen: "Qwen2.5-VL", encoder, merging: try fields.mergedPatches, fields)
      tower.names.inputs = ["mlp.gate_proj", "mlp.up_proj"]
      tower.names.down = "mlp.down_proj"
      tower.windows = Windows(side: try fields.windowSide(patchSize: encoder.patchSize), full: try fields.fullLayers)
      tower.projector = tower.merger(
        norm: "merger.ln_q", .rms, first: "merger.mlp.0", second: "merger.mlp.2",
        output: try fields.integer("out_hidden_size", in: Limit.width, default: 3584))
      return tower
    }
  }
}

private typealias Windows = TowerDescription.Windows
