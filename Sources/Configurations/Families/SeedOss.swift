internal import Architectures
internal import Documents
internal import Operators

extension LanguageFamily {
  /// Seed-OSS: LLaMA's layers with biases of queries, keys and values, more heads than the width has room for.
  static var seedOss: LanguageFamily {
    LanguageFamily("SeedOssForCausalLM", types: "seed_oss") { (fields) throws(Diagnostic) in
      var reader = try DecoderReader(
        fields,
        DecoderDefaults(
          vocabulary: 155_136, width: 4096, feedForward: 27_648, layers: 64, heads: 80, kvHeads: 8, headWidth: 128))
      reader.block.qkvBias = try fields.boolean("attention_bias", default: true)
      reader.block.attentionOutputBias = try fields.boolean("attention_out_bias", default: false)
      try reader.readFeedForwardBias()
      return try reader.language()
    }
  }
}
