internal import Architectures
internal import Documents
internal import Operators

extension LanguageFamily {
  /// StableLM: layer norms, a quarter of a head rotated, in some models parallel blocks and a norm for every head.
  static var stableLM: LanguageFamily {
    LanguageFamily("StableLmForCausalLM", types: "stablelm") { (fields) throws(Diagnostic) in
      var reader = try DecoderReader(
        fields, DecoderDefaults(vocabulary: 50_304, width: 2560, feedForward: 6912, layers: 32, heads: 32, kvHeads: 32))
      reader.block.norm = .layer
      reader.block.qkvBias = try fields.boolean("use_qkv_bias", default: false)
      if try fields.boolean("qk_layernorm", default: false) {
        (reader.block.queryKeyNorm, reader.block.normsAllHeads) = (.layerWithoutBias, true)
      }
      if try fields.boolean("use_parallel_residual", default: false) { reader.block.arrangement = .parallel }
      try reader.readRotaryFraction(default: 0.25)
      return try reader.language()
    }
  }
}
