internal import Architectures
internal import Documents
internal import Operators

extension LanguageFamily {
  /// GPT-NeoX, Pythia, Dolly: parallel blocks with norms of their own, biases everywhere.
  static var gptNeoX: LanguageFamily {
    LanguageFamily("GPTNeoXForCausalLM", types: "gpt_neox") { (fields) throws(Diagnostic) in
      var reader = try DecoderReader(
        fields.renamed(["partial_rotary_factor": "rotary_pct"]),
        DecoderDefaults(
          vocabulary: 50_432, width: 6144, feedForward: 24_576, layers: 44, heads: 64, activation: .gelu))
      reader.block.takeFirstForm()
      try reader.readAttentionBias(default: true)
      try reader.readRotaryFraction(default: 0.25)
      if try fields.boolean("use_parallel_residual", default: true) { reader.block.arrangement = .parallelNorms }
      return try reader.language()
    }
  }

  /// GPT-J: parallel blocks, biases of the feed-forward block and the head.
  static var gptJ: LanguageFamily {
    LanguageFamily("GPTJForCausalLM", "CodeGenForCausalLM", types: "gptj", "codegen") { (fields) throws(Diagnostic) in
      var reader = try DecoderReader(
        fields.asGPT2,
        DecoderDefaults(
          vocabulary: 50_400, width: 4096, feedForward: 0, feedForwardRatio: 4, layers: 28, heads: 16,
          activation: .geluTanh, activationKey: "activation_function"))
      reader.block.takeFirstForm()
      (reader.block.qkvBias, reader.block.attentionOutputBias) = (false, false)
      reader.block.arrangement = .parallel
      reader.block.rotaryWidth =
        try fields.optionalInteger(
          "rotary_dim", in: Limit.headWidth, default: min(64, reader.block.headWidth), decidesSize: false)
        ?? reader.block.headWidth
      var language = try reader.language()
      language.positions = language.positions ?? 2048
      language.headBias = true
      return language
    }
  }
}
