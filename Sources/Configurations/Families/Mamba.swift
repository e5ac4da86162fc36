internal import Architectures
internal import Documents
internal import Operators

extension LanguageFamily {
  /// Mamba: layers of one mixer each, without attention and feed-forward block.
  static var mamba: LanguageFamily {
    LanguageFamily("MambaForCausalLM", "FalconMambaForCausalLM", types: "mamba", "falcon_mamba", read: readMamba)
  }

  @Sendable private static func readMamba(_ fields: ConfigFields) throws(Diagnostic) -> LanguageModel {
    let width = try fields.integer("hidden_size", in: Limit.width, default: 768)
    let expanded = try fields.integer("expand", in: 1...64, default: 2, decidesSize: false) * width
    var mixer = Mamba(
      inner: try fields.optionalInteger("intermediate_size", in: Limit.width, default: nil) ?? expanded,
      state: try fields.integer("state_size", in: Limit.width, default: 16),
      stepRank: try fields.stepRank("time_step_rank", width: width),
      kernel: try fields.integer("conv_kernel", in: 1...64, default: 4))
    mixer.kernelBias = try fields.boolean("use_conv_bias", default: true)
    mixer.bias = try fields.boolean("use_bias", default: false)
    if try fields.isOf("FalconMambaForCausalLM", type: "falcon_mamba") { mixer.norm = .rmsWithoutWeight }
    return try fields.recurrentLanguage(
      .mamba(mixer), width: width, layers: 32, vocabulary: 50_280, tied: true)
  }

  /// Mamba-2.
  static var mamba2: LanguageFamily { LanguageFamily("Mamba2ForCausalLM", types: "mamba2", read: readMamba2) }

  @Sendable private static func readMamba2(_ fields: ConfigFields) throws(Diagnostic) -> LanguageModel {
    let width = try fields.integer("hidden_size", in: Limit.width, default: 4096)
    var mixer = Mamba2(
      heads: try fields.integer("num_heads", in: Limit.heads, default: 128),
      headWidth: try fields.integer("head_dim", in: Limit.headWidth, default: 64),
      groups: try fields.integer("n_groups", in: Limit.heads, default: 8),
      state: try fields.integer("state_size", in: Limit.width, default: 128),
      kernel: try fields.integer("conv_kernel", in: 1...64, default: 4))
    mixer.kernelBias = try fields.boolean("use_conv_bias", default: true)
    (mixer.bias, mixer.outputBias) = try fields.bothBiases("use_bias")
    return try fields.recurrentLanguage(
      .mamba2(mixer), width: width, layers: 64, vocabulary: 32_768, tied: false)
  }
}

extension ConfigFields {
  /// What Mamba's step is made of: as stated, or a sixteenth of the width where it says "auto" or nothing.
  func stepRank(_ key: String, width: Int) throws(Diagnostic) -> Int {
    let usual = (width + 15) / 16
    if case .scalar("auto", _)? = self[key]?.content { return usual }
    return try optionalInteger(key, in: Limit.width, default: nil) ?? usual
  }

  /// A model of layers that are one recurrence each; the figures are defaults.
  fileprivate func recurrentLanguage(
    _ recurrence: Recurrence, width: Int, layers: Int, vocabulary: Int, tied: Bool
  ) throws(Diagnostic) -> LanguageModel {
    var block = TransformerBlock.decoder(width: width, heads: 1, kvHeads: 1, headWidth: 2, feedForward: 0)
    (block.hasAttention, block.recurrence) = (false, recurrence)
    return LanguageModel(
      layers: try integer("num_hidden_layers", in: Limit.layers, default: layers), block: block,
      vocabulary: try integer("vocab_size", in: Limit.vocabulary, default: vocabulary),
      tiedEmbeddings: try boolean("tie_word_embeddings", default: tied))
  }
}
