internal import Architectures
internal import Documents
internal import Operators

extension LanguageFamily {
  /// Hunyuan, dense: norms of queries and keys behind their rotation.
  static var hunyuan: LanguageFamily {
    LanguageFamily("HunYuanDenseV1ForCausalLM", types: "hunyuan_v1_dense", read: readHunyuan)
  }

  @Sendable private static func readHunyuan(_ fields: ConfigFields) throws(Diagnostic) -> LanguageModel {
    var reader = try DecoderReader(
      fields, DecoderDefaults(vocabulary: 290_943, width: 4096, feedForward: 11_008, layers: 32, heads: 32))
    try reader.readAttentionBias()
    reader.block.queryKeyNorm = .rms
    return try reader.language()
  }
}
