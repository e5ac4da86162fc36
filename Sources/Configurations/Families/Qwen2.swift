internal import Architectures
internal import Documents
internal import Operators

extension LanguageFamily {
  /// Qwen2 and Qwen2.5: biases of queries, keys and values; windows from a layer on where they are used.
  static var qwen2: LanguageFamily { LanguageFamily("Qwen2ForCausalLM", types: "qwen2", read: readQwen2) }

  @Sendable private static func readQwen2(_ fields: ConfigFields) throws(Diagnostic) -> LanguageModel {
    var reader = try DecoderReader(
      fields,
      DecoderDefaults(vocabulary: 151_936, width: 4096, feedForward: 22_016, layers: 32, heads: 32, kvHeads: 32))
    reader.block.qkvBias = true
    return try reader.qwenLanguage(windowsFrom: 28)
  }

  /// Qwen2-MoE: experts beside a shared one that has a gate of its own.
  static var qwen2Experts: LanguageFamily {
    LanguageFamily("Qwen2MoeForCausalLM", types: "qwen2_moe", read: readQwen2Experts)
  }

  @Sendable private static func readQwen2Experts(_ fields: ConfigFields) throws(Diagnostic) -> LanguageModel {
    var reader = try DecoderReader(
      fields, DecoderDefaults(vocabulary: 151_936, width: 2048, feedForward: 5632, layers: 24, heads: 16, kvHeads: 16))
    reader.block.qkvBias = try fields.boolean("qkv_bias", default: true)
    var experts = try reader.experts(["num_experts"], default: 60, perToken: 4, width: ("moe_intermediate_size", 1408))
    experts.sharedWidth = try fields.integer("shared_expert_intermediate_size", in: Limit.width, default: 5632)
    experts.sharedGate = true
    let window = try reader.qwenWindow()
    let bound = try fields.maxWindowLayers(default: 28)
    let windowed = try reader.layers(of: "sliding_attention") { $0 % 2 == 0 && $0 < bound }
    let sparse = try reader.sparseLayers()
    return try reader.language { (block, layer) in
      block.window = windowed[layer] ? window : nil
      block.experts = sparse[layer] ? experts : nil
    }
  }
}

extension DecoderReader {
  /// The window of Qwen, nil where none is used.
  func qwenWindow() throws(Diagnostic) -> Int? {
    try fields.boolean("use_sliding_window", default: false) ? try window(default: 4096) : nil
  }

  /// The model, with windows from a layer on where they are used.
  func qwenLanguage(windowsFrom fallback: Int) throws(Diagnostic) -> LanguageModel {
    guard let window = try qwenWindow() else { return try language() }
    let bound = try fields.maxWindowLayers(default: fallback)
    let windowed = try layers(of: "sliding_attention") { $0 >= bound }
    return try language { (block, layer) in block.window = windowed[layer] ? window : nil }
  }
}

extension ConfigFields {
  /// The layer at which windows begin or, of Qwen2-MoE, end.
  func maxWindowLayers(default fallback: Int) throws(Diagnostic) -> Int {
    try integer("max_window_layers", in: 0...Limit.layers.upperBound, default: fallback, decidesSize: false)
  }
}
