internal import Architectures
internal import Documents
internal import Operators

extension MultimodalFamily {
  /// Qwen3-VL: a tower whose earlier layers are read too (deepstack), and Qwen3.
  static var qwen3VL: MultimodalFamily {
    MultimodalFamily("Qwen3VLForConditionalGeneration", types: "qwen3_vl") { (fields) throws(Diagnostic) in
      try readQwen3VL(fields, text: .qwen3, deepstack: [8, 16, 24], "Qwen3VLForConditionalGeneration")
    }
  }

  /// Qwen3-VL with experts.
  static var qwen3VLExperts: MultimodalFamily {
    MultimodalFamily("Qwen3VLMoeForConditionalGeneration", types: "qwen3_vl_moe") { (fields) throws(Diagnostic) in
      try readQwen3VL(fields, text: .qwen3Experts, deepstack: [8, 16, 24], "Qwen3VLMoeForConditionalGeneration")
    }
  }

  /// Qwen3.5, which reads images as Qwen3-VL does.
  static var qwen35Vision: MultimodalFamily {
    MultimodalFamily("Qwen3_5ForConditionalGeneration", types: "qwen3_5") { (fields) throws(Diagnostic) in
      try readQwen3VL(fields, text: .qwen35, "Qwen3_5ForConditionalGeneration")
    }
  }

  /// Qwen3.5 with experts.
  static var qwen35ExpertsVision: MultimodalFamily {
    MultimodalFamily("Qwen3_5MoeForConditionalGeneration", types: "qwen3_5_moe") { (fields) throws(Diagnostic) in
      try readQwen3VL(fields, text: .qwen35Experts, "Qwen3_5MoeForConditionalGeneration")
    }
  }

  /// Qwen3-VL or Qwen3.5; `deepstack` are the layers that are read too unless the file names others.
  private static func readQwen3VL(
    _ fields: ConfigFields, text family: LanguageFamily, deepstack: [Int] = [], _ architecture: String
  ) throws(Diagnostic) -> MultimodalModel {
    var text = try fields.language(default: family)
    text.part.tiedEmbeddings = try fields.boolean("tie_word_embeddings", default: text.part.tiedEmbeddings)
    let part = try fields.part("vision_config")
    let encoder = try VisionEncoder(qwen3VL: part)
    let (width, merge) = (encoder.block.width, try part.mergedPatches)
    let output = try part.integer("out_hidden_size", in: Limit.width, default: 3584)
    let cell = merge * merge
    let perceptron: [Connector.Step] = [
      .product(width * cell, bias: true), .activation(.gelu), .product(output, bias: true),
    ]
    var connector = Connector(from: width, [.norm(.layer), .merge(cell)] + perceptron)
    connector.deepstack = try part.deepstackLayers(default: deepstack).map { _ in
      Connector(from: width, [.merge(cell), .norm(.layer)] + perceptron)
    }
    return try fields.qwenModel(
      architecture, encoder, of: part, merging: merge, pixels: 65_536...16_777_216,
      // Of all frames, as the published video_preprocessor_config.json says.
      video: NativeResolution.Video(minimum: 4096, maximum: 25_165_824, areOfAll: true), connector, text)
  }
}

extension ConfigFields {
  /// The layers of a tower, from 0, whose outputs are added inside the language model.
  func deepstackLayers(default layers: [Int]) throws(Diagnostic) -> [Int] {
    let key = "deepstack_visual_indexes"
    return contains(key) ? try integers(key, in: 0...Limit.layers.upperBound) : layers
  }
}

extension VisionEncoder {
  /// The encoder of `vision_config`; defaults are those of Qwen3VLVisionConfig.
  init(qwen3VL part: ConfigFields) throws(Diagnostic) {
    let (width, heads) = try part.dividedWidth("hidden_size", default: 1152, heads: "num_heads", default: 16)
    var block = TransformerBlock.encoder(
      width: width, heads: heads, headWidth: width / heads,
      feedForward: try part.integer("intermediate_size", in: Limit.width, default: 4304),
      activation: try part.activation("hidden_act", default: .geluTanh))
    block.rotaryWidth = block.headWidth
    try self.init(qwenTower: part, block: block, layers: 27, patchSize: 16)
    patchBias = true
    learnedPositions = true
    storedPositions = try part.integer("num_position_embeddings", in: 1...Workload.tokenLimit, default: 2304)
  }
}
