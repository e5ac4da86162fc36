internal import Architectures
internal import Documents
internal import Operators

extension LanguageFamily {
  /// Apertus: norms of queries and keys, a feed-forward block of xIELU without a gate.
  static var apertus: LanguageFamily {
    LanguageFamily("ApertusForCausalLM", types: "apertus") { (fields) throws(Diagnostic) in
      // xIELU has two learned numbers a layer; its FLOPs are taken for those of SiLU.
      let isXIELU = try fields["hidden_act"]?.text("\"hidden_act\"") ?? "xielu" == "xielu"
      var reader = try DecoderReader(
        fields,
        DecoderDefaults(
          vocabulary: 131_072, width: 4096, feedForward: 14_336, layers: 32, heads: 32,
          activationKey: isXIELU ? "" : "hidden_act"))
      try reader.readAttentionBias()
      reader.block.gated = false
      reader.block.activationParameters = isXIELU ? 2 : 0
      reader.block.queryKeyNorm = .rms
      return try reader.language()
    }
  }
}
