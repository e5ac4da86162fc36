internal import Architectures
internal import Documents
internal import Operators

extension LanguageFamily {
  /// Falcon-H1: Mamba-2 and attention beside each other in every layer.
  static var falconH1: LanguageFamily { LanguageFamily("FalconH1ForCausalLM", types: "falcon_h1", read: readFalconH1) }

  @Sendable private static func readFalconH1(_ fields: ConfigFields) throws(Diagnostic) -> LanguageModel {
    var reader = try DecoderReader(
      fields,
      DecoderDefaults(vocabulary: 128_000, width: 4096, feedForward: 14_336, layers: 32, heads: 32, kvHeads: 8))
    try reader.readBiases()
    let heads = try fields.integer("mamba_n_heads", in: Limit.heads, default: 128)
    let inner = try fields.optionalInteger("mamba_d_ssm", in: Limit.width, default: 1024) ?? 2 * reader.block.width
    var mixer = Mamba2(
      heads: heads, headWidth: inner / heads,
      groups: try fields.integer("mamba_n_groups", in: Limit.heads, default: 1),
      state: try fields.integer("mamba_d_state", in: Limit.width, default: 256),
      kernel: try fields.integer("mamba_d_conv", in: 1...64, default: 4))
    mixer.kernelBias = try fields.boolean("mamba_conv_bias", default: true)
    mixer.bias = try fields.boolean("mamba_proj_bias", default: false)
    mixer.outputBias = try fields.boolean("projectors_bias", default: false)
    mixer.hasNorm = try fields.boolean("mamba_rms_norm", default: false)
    reader.block.recurrence = .mamba2(mixer)
    return try reader.language()
  }
}
