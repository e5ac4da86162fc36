internal import Architectures
internal import Documents
internal import Operators

extension LanguageFamily {
  /// OLMo-2 and OLMo-3: norms behind attention and feed-forward block alone, norms over all heads of queries and keys.
  static var olmo2: LanguageFamily {
    LanguageFamily("Olmo2ForCausalLM", "Olmo3ForCausalLM", types: "olmo2", "olmo3", read: readOLMo2)
  }

  @Sendable private static func readOLMo2(_ fields: ConfigFields) throws(Diagnostic) -> LanguageModel {
    var reader = try DecoderReader(
      fields, DecoderDefaults(vocabulary: 50_304, width: 4096, feedForward: 11_008, layers: 32, heads: 32))
    try reader.readAttentionBias()
    reader.block.arrangement = .postNormed
    reader.block.queryKeyNorm = .rms
    reader.block.normsAllHeads = true
    let windowed = try reader.layers(of: "sliding_attention") { _ in false }
    let window = try reader.window(default: nil)
    return try reader.language { (block, layer) in block.window = windowed[layer] ? window : nil }
  }
}
