internal import Architectures
internal import Documents
internal import Operators

extension LanguageFamily {
  /// Jamba: Mamba in seven of eight layers, attention without rotation in the other, experts in every second.
  static var jamba: LanguageFamily { LanguageFamily("JambaForCausalLM", types: "jamba", read: readJamba) }

  @Sendable private static func readJamba(_ fields: ConfigFields) throws(Diagnostic) -> LanguageModel {
    var reader = try DecoderReader(
      fields,
      DecoderDefaults(vocabulary: 65_536, width: 4096, feedForward: 14_336, layers: 32, heads: 32, kvHeads: 8))
    reader.block.rotaryWidth = 0
    let width = reader.block.width
    var mixer = Mamba(
      inner: try fields.integer("mamba_expand", in: 1...64, default: 2) * width,
      state: try fields.integer("mamba_d_state", in: Limit.width, default: 16),
      stepRank: try fields.stepRank("mamba_dt_rank", width: width),
      kernel: try fields.integer("mamba_d_conv", in: 1...64, default: 4))
    mixer.kernelBias = try fields.boolean("mamba_conv_bias", default: true)
    mixer.bias = try fields.boolean("mamba_proj_bias", default: false)
    mixer.norm = .rms
    func every(_ what: String, _ period: Int, _ offset: Int) throws(Diagnostic) -> (Int) -> Bool {
      let period = try fields.integer("\(what)_layer_period", in: Limit.layers, default: period)
      let offset = try fields.integer("\(what)_layer_offset", in: 0...Limit.layers.upperBound, default: offset)
      return { $0 % period == offset }
    }
    let attends = try every("attn", 8, 4)
    let isMixture = try every("expert", 2, 1)
    let experts =
      try fields.integer("num_experts", in: Limit.experts, default: 16) > 1
      ? try reader.experts(["num_experts", "num_local_experts"], default: 16, perToken: 2, width: nil) : nil
    return try reader.language { (block, layer) in
      if !attends(layer) { (block.hasAttention, block.recurrence) = (false, .mamba(mixer)) }
      block.experts = isMixture(layer) ? experts : nil
    }
  }
}
