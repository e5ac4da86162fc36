internal import Architectures
internal import Documents
internal import Operators

extension LanguageFamily {
  /// MiMo-V2: values narrower than keys, windows with sinks in most layers, experts behind dense layers.
  static var miMoV2: LanguageFamily {
    LanguageFamily("MiMoV2FlashForCausalLM", types: "mimo_v2_flash", read: readMiMoV2)
  }

  @Sendable private static func readMiMoV2(_ fields: ConfigFields) throws(Diagnostic) -> LanguageModel {
    var reader = try DecoderReader(
      fields,
      DecoderDefaults(
        vocabulary: 152_576, width: 4096, feedForward: 16_384, layers: 48, heads: 64, kvHeads: 4, headWidth: 192))
    try reader.readAttentionBias()
    reader.block.attentionOutputBias = false
    reader.block.ownValueWidth = try fields.integer("v_head_dim", in: Limit.headWidth, default: 128)
    // Rounded down to a whole pair.
    let rotated = Int(Double(reader.block.headWidth) * (try fields.rotaryFraction(default: 0.334)))
    reader.block.rotaryWidth = rotated / 2 * 2
    reader.block.hasSinks = try fields.boolean("add_full_attention_sink_bias", default: false)
    var window = reader.block
    let heads = reader.block.heads
    window.heads = try fields.integer("swa_num_attention_heads", in: Limit.heads, default: heads, decidesSize: false)
    window.kvHeads = try fields.kvHeads(
      heads: window.heads, default: 2 * reader.block.kvHeads, key: "swa_num_key_value_heads")
    window.headWidth = try fields.integer(
      "swa_head_dim", in: Limit.headWidth, default: reader.block.headWidth, decidesSize: false)
    window.ownValueWidth = try fields.integer(
      "swa_v_head_dim", in: Limit.headWidth, default: reader.block.valueWidth, decidesSize: false)
    // The tokens before the query, and the query.
    let before = try fields.optionalInteger("sliding_window_size", in: Limit.positions, default: nil)
    if let before { window.window = before + 1 } else { window.window = try reader.window(default: 129) }
    window.hasSinks = try fields.boolean("add_swa_attention_sink_bias", default: true)
    let marks = try reader.marks("hybrid_layer_pattern")
    let isWindowed = try reader.layers(of: "sliding_attention") { layer in
      marks?[layer] ?? (layer != 0 && (layer + 1) % 6 != 0)
    }
    return try reader.deepseekLanguage(experts: 256, shared: 0, width: 2048, perToken: 8, dense: 1) { (block, layer) in
      guard isWindowed[layer] else { return }
      let experts = block.experts
      block = window
      block.experts = experts
    }
  }
}
