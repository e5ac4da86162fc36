internal import Architectures
internal import Documents
internal import Operators

extension MultimodalFamily {
  /// Qwen2.5-VL: Qwen2-VL with a gated tower, most of whose layers attend within windows.
  static var qwen25VL: MultimodalFamily {
    MultimodalFamily("Qwen2_5_VLForConditionalGeneration", types: "qwen2_5_vl", read: readQwen25VL)
  }

  @Sendable private static func readQwen25VL(_ fields: ConfigFields) throws(Diagnostic) -> MultimodalModel {
    let architecture = "Qwen2_5_VLForConditionalGeneration"
    let text = try fields.qwenVLText(architecture)
    let part = try fields.part("vision_config").renamed(["in_channels": "in_chans"])
    let encoder = try VisionEncoder(qwen25VL: part)
    let (width, merge) = (encoder.block.width, try part.mergedPatches)
    let output = try part.integer("out_hidden_size", in: Limit.width, default: 3584)
    let connector = Connector(
      from: width,
      [
        .norm(.rms), .merge(merge * merge), .product(width * merge * merge, bias: true), .activation(.gelu),
        .product(output, bias: true),
      ])
    return try fields.qwenModel(
      architecture, encoder, of: part, merging: merge, pixels: 3136...12_845_056, video: .qwen2, connector, text)
  }
}

extension ConfigFields {
  /// Patches along a side of the cells that Qwen's mergers make tokens of.
  var mergedPatches: Int {
    get throws(Diagnostic) { try integer("spatial_merge_size", in: 1...64, default: 2, decidesSize: false) }
  }

  /// The layers of Qwen2.5-VL's tower whose tokens attend to the whole picture.
  var fullLayers: Set<Int> {
    get throws(Diagnostic) {
      let key = "fullatt_block_indexes"
      return contains(key) ? Set(try integers(key, in: 0...Limit.layers.upperBound)) : [7, 15, 23, 31]
    }
  }

  /// Cells along a side of the windows of Qwen2.5-VL's tower.
  func windowSide(patchSize: Int) throws(Diagnostic) -> Int {
    let side = try integer("window_size", in: 1...Limit.imageSize.upperBound, default: 112)
    return max(1, side / (try mergedPatches) / patchSize)
  }
}

extension VisionEncoder {
  /// The encoder of `vision_config`; defaults are those of Qwen2_5_VLVisionConfig.
  init(qwen25VL part: ConfigFields) throws(Diagnostic) {
    let (width, heads) = try part.dividedWidth("hidden_size", default: 3584, heads: "num_heads", default: 16)
    var block = TransformerBlock.encoder(
      width: width, heads: heads, headWidth: width / heads,
      feedForward: try part.integer("intermediate_size", in: Limit.width, default: 3420),
      activation: try part.activation("hidden_act", default: .silu))
    (block.norm, block.gated, block.rotaryWidth) = (.rms, true, block.headWidth)
    try self.init(qwenTower: part, block: block, layers: 32, patchSize: 14)
    let whole = layers
    windows = WindowedLayers(
      side: try part.windowSide(patchSize: patchSize) * part.mergedPatches,
      layers: whole - (try part.fullLayers).filter { $0 < whole }.count)
  }

  /// What the towers of Qwen's models share: patches of two frames, rotated, no norm before the layers or behind them.
  init(
    qwenTower fields: ConfigFields, block: TransformerBlock, layers: Int, patchSize: Int
  ) throws(Diagnostic) {
    self.init(
      imageSize: 448, patchSize: try fields.integer("patch_size", in: 1...512, default: patchSize),
      channels: try fields.integer("in_channels", in: Limit.channels, default: 3, decidesSize: false),
      layers: try fields.integer("depth", in: Limit.layers, default: layers), block: block, classToken: false,
      preNorm: false)
    framesPerPatch = try fields.integer("temporal_patch_size", in: 1...64, default: 2, decidesSize: false)
    learnedPositions = false
    postNorm = false
  }
}
