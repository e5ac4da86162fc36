internal import Architectures
internal import Documents
internal import Operators

extension LanguageFamily {
  /// OLMo: LLaMA's layers with norms that have nothing learned.
  static var olmo: LanguageFamily {
    LanguageFamily("OlmoForCausalLM", types: "olmo") { (fields) throws(Diagnostic) in
      var reader = try DecoderReader(olmo: fields)
      reader.block.norm = .layerWithoutWeight
      return try reader.language()
    }
  }

  /// OLMo-2 and OLMo-3: norms behind attention and feed-forward block alone, norms over all heads of queries and keys.
  static var olmo2: LanguageFamily {
    LanguageFamily("Olmo2ForCausalLM", "Olmo3ForCausalLM", types: "olmo2", "olmo3", read: readOLMo2)
  }

  @Sendable private static func readOLMo2(_ fields: ConfigFields) throws(Diagnostic) -> LanguageModel {
    var reader = try DecoderReader(olmo: fields)
    reader.normOLMo2()
    let isThird = try fields.isOf("Olmo3ForCausalLM", type: "olmo3")
    let windowed = try reader.layers(of: "sliding_attention") { isThird && ($0 + 1) % 4 != 0 }
    let window = try reader.window(default: isThird ? 4096 : nil)
    return try reader.language { (block, layer) in block.window = windowed[layer] ? window : nil }
  }

  /// OLMoE: norms over all heads of queries and keys, small experts.
  static var olmoE: LanguageFamily {
    LanguageFamily("OlmoeForCausalLM", types: "olmoe") { (fields) throws(Diagnostic) in
      var reader = try DecoderReader(
        fields,
        DecoderDefaults(
          vocabulary: 50_304, width: 2048, feedForward: 2048, layers: 16, heads: 16, readsHeadWidth: false))
      reader.block.headWidth = reader.block.width / reader.block.heads
      try reader.readAttentionBias()
      (reader.block.queryKeyNorm, reader.block.normsAllHeads) = (.rms, true)
      reader.block.rotaryWidth = reader.block.headWidth
      reader.block.experts = try reader.experts(
        ["num_experts", "num_local_experts"], default: 64, perToken: 8, width: nil)
      return try reader.language()
    }
  }

  /// FlexOlmo: OLMo-2 with experts.
  static var flexOLMo: LanguageFamily {
    LanguageFamily("FlexOlmoForCausalLM", types: "flex_olmo") { (fields) throws(Diagnostic) in
      var reader = try DecoderReader(
        fields, DecoderDefaults(vocabulary: 100_352, width: 4096, feedForward: 11_008, layers: 32, heads: 32))
      try reader.readAttentionBias()
      reader.normOLMo2()
      reader.block.experts = try reader.experts(
        ["num_experts", "num_local_experts"], default: 7, perToken: 5, width: nil)
      return try reader.language()
    }
  }
}

extension DecoderReader {
  /// What the dense models have.
  fileprivate init(olmo fields: ConfigFields) throws(Diagnostic) {
    try self.init(
      fields, DecoderDefaults(vocabulary: 50_304, width: 4096, feedForward: 11_008, layers: 32, heads: 32))
    try readAttentionBias()
  }

  /// The norms of the second generation.
  fileprivate mutating func normOLMo2() {
    block.arrangement = .postNormed
    (block.queryKeyNorm, block.normsAllHeads) = (.rms, true)
  }
}
