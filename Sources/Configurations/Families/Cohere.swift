internal import Architectures
internal import Documents
internal import Operators

extension LanguageFamily {
  /// Command R: parallel blocks, layer norms without biases, a tied head.
  static var cohere: LanguageFamily { LanguageFamily("CohereForCausalLM", types: "cohere", read: readCohere) }

  @Sendable private static func readCohere(_ fields: ConfigFields) throws(Diagnostic) -> LanguageModel {
    var reader = try DecoderReader(cohere: fields)
    if try fields.boolean("use_qk_norm", default: false) {
      reader.block.queryKeyNorm = .layerWithoutBias
      reader.block.normsAllHeads = true
    }
    return try reader.language()
  }

  /// Command R7B and A, Aya Expanse: windows in three of four layers, the fourth without rotation.
  static var cohere2: LanguageFamily { LanguageFamily("Cohere2ForCausalLM", types: "cohere2", read: readCohere2) }

  @Sendable private static func readCohere2(_ fields: ConfigFields) throws(Diagnostic) -> LanguageModel {
    let reader = try DecoderReader(cohere: fields)
    let window = try reader.window(default: 4096)
    let pattern = try fields.integer("sliding_window_pattern", in: Limit.layers, default: 4, decidesSize: false)
    let windowed = try reader.layers(of: "sliding_attention") { ($0 + 1) % pattern != 0 }
    return try reader.language { (block, layer) in
      block.window = windowed[layer] ? window : nil
      if !windowed[layer] { block.rotaryWidth = 0 }
    }
  }
}

extension DecoderReader {
  /// What both generations have.
  fileprivate init(cohere fields: ConfigFields) throws(Diagnostic) {
    try self.init(
      fields,
      DecoderDefaults(vocabulary: 256_000, width: 8192, feedForward: 22_528, layers: 40, heads: 64, tied: true))
    block.norm = .layerWithoutBias
    block.arrangement = .parallel
    try readAttentionBias()
  }
}
