internal import Architectures
internal import Documents
internal import Operators

extension LanguageFamily {
  /// Bamba: Mamba-2 in most layers, attention that rotates half of a head in some, a feed-forward block in all.
  static var bamba: LanguageFamily {
    LanguageFamily("BambaForCausalLM", types: "bamba") { (fields) throws(Diagnostic) in
      var reader = try DecoderReader(
        fields,
        DecoderDefaults(vocabulary: 128_000, width: 4096, feedForward: 14_336, layers: 32, heads: 32, kvHeads: 8))
      try reader.readBiases()
      reader.block.rotaryWidth = reader.block.headWidth / 2
      let mixer = try fields.mamba2(width: reader.block.width)
      let attending = Set(try fields.integers("attn_layer_indices", in: 0...Limit.layers.upperBound))
      return try reader.language { (block, layer) in
        if !attending.contains(layer) { (block.hasAttention, block.recurrence) = (false, .mamba2(mixer)) }
      }
    }
  }
}

extension ConfigFields {
  /// Mamba-2 beside attention, by the keys of Bamba, which Granite 4 has too.
  func mamba2(width: Int) throws(Diagnostic) -> Mamba2 {
    var mixer = Mamba2(
      heads: try integer("mamba_n_heads", in: Limit.heads, default: 128),
      headWidth: try headChannels("mamba_d_head", width: width, heads: "mamba_n_heads", 128),
      groups: try integer("mamba_n_groups", in: Limit.heads, default: 1),
      state: try integer("mamba_d_state", in: Limit.width, default: 256),
      kernel: try integer("mamba_d_conv", in: 1...64, default: 4))
    mixer.kernelBias = try boolean("mamba_conv_bias", default: true)
    (mixer.bias, mixer.outputBias) = try bothBiases("mamba_proj_bias")
    return mixer
  }

  /// Whether the first and the last product of a mixer have biases, by one key.
  func bothBiases(_ key: String) throws(Diagnostic) -> (first: Bool, last: Bool) {
    let bias = try boolean(key, default: false)
    return (bias, bias)
  }
}
