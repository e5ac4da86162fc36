internal import Documents
internal import Operators

extension LanguageModel {
  /// Reads the configuration of a decoder of a family.
  ///
  /// - Throws: `Diagnostic` at a value of a wrong type, out of range, or that does not fit the others.
  init(config fields: ConfigFields, family: DecoderFamily) throws(Diagnostic) {
    try fields.checkFigures()
    let layers = try fields.integer("num_hidden_layers", in: Limit.layers, default: family.layers)
    let base = try TransformerBlock(config: fields, family: family)
    let windows = try fields.windows(family, layers: layers)
    let experts = try fields.expertLayers(family, layers: layers)
    var stack = LayerStack(base, layers: 0)
    for layer in 0..<layers {
      var block = base
      block.window = windows[layer]
      if !experts[layer] { block.experts = nil }
      stack.append(block)
    }
    var tiedByDefault = false
    if case .gemma2 = family.traits { tiedByDefault = true }
    self.init(
      stack: stack,
      vocabulary: try fields.integer("vocab_size", in: Limit.vocabulary, default: family.vocabulary),
      tiedEmbeddings: try fields.boolean("tie_word_embeddings", default: tiedByDefault))
    positions = try fields.optionalInteger(
      "max_position_embeddings", in: Limit.positions, default: nil, decidesSize: false)
    switch family.traits {
    case .phi: headBias = true
    case .gemma2:
      scalesEmbeddings = true
      capsLogits = try fields.caps("final_logit_softcapping")
    default: break
    }
  }
}

extension ConfigFields {
  /// Keys of decoders that not every family reads, and what they may be; published files have windows of 0 that are off.
  private static let ranges: KeyValuePairs<String, ClosedRange<Int>> = [
    "max_position_embeddings": Limit.positions, "original_max_position_embeddings": Limit.positions,
    "sliding_window": 0...Limit.positions.upperBound, "max_window_layers": 0...Limit.layers.upperBound,
    "moe_layer_freq": Limit.layers,
    "decoder_sparse_step": Limit.layers, "first_k_dense_replace": 0...Limit.layers.upperBound,
    "num_experts_per_tok": Limit.experts, "n_group": Limit.experts, "topk_group": Limit.experts,
    "num_key_value_heads": Limit.heads, "head_dim": Limit.headWidth,
  ]

  /// Refuses figures that no model has, also where nothing of this family depends on them: the file is wrong then.
  fileprivate func checkFigures() throws(Diagnostic) {
    let findings = Findings()
    for (key, range) in Self.ranges { _ = findings.attempt(try self[key]?.integer("\"\(key)\"", in: range)) }
    try findings.check()
  }

  /// Whether a soft-cap is on: it is by default, and off where it is null.
  func caps(_ key: String) throws(Diagnostic) -> Bool {
    guard let node = self[key] else { return !contains(key) }
    _ = try node.number("\"\(key)\"", in: 0.001...1e9)
    return true
  }

  /// The sliding window of every layer, nil for none.
  fileprivate func windows(_ family: DecoderFamily, layers: Int) throws(Diagnostic) -> [Int?] {
    let range = 1...Workload.tokenLimit * 1024
    switch family.traits {
    case .windowed(let fallback):
      return Array(
        repeating: try optionalInteger("sliding_window", in: range, default: fallback, decidesSize: false),
        count: layers)
    case .phi3, .mixtral:
      return Array(repeating: try optionalInteger("sliding_window", in: range, default: nil), count: layers)
    case .gemma2:
      let window = try optionalInteger("sliding_window", in: range, default: 4096, decidesSize: false)
      return try windowed(layers) { $0 % 2 == 0 }.map { $0 ? window : nil }
    case .qwen2, .qwen3, .qwen2Experts, .qwen3Experts:
      guard try boolean("use_sliding_window", default: false) else { return Array(repeating: nil, count: layers) }
      let window = try optionalInteger("sliding_window", in: range, default: 4096, decidesSize: false)
      if case .qwen3Experts = family.traits { return Array(repeating: window, count: layers) }
      let bound = try integer(
        "max_window_layers", in: 0...Limit.layers.upperBound, default: family.traits.windowsFrom,
        decidesSize: false)
      if case .qwen2Experts = family.traits {
        return try windowed(layers) { $0 % 2 == 0 && $0 < bound }.map { $0 ? window : nil }
      }
      return try windowed(layers) { $0 >= bound }.map { $0 ? window : nil }
    case .llama, .phi, .deepseek: return Array(repeating: nil, count: layers)
    }
  }

  /// Which layers have a window: those that `layer_types` says, or without it those of a rule.
  private func windowed(_ layers: Int, by rule: (Int) -> Bool) throws(Diagnostic) -> [Bool] {
    guard let node = self["layer_types"] else { return (0..<layers).map(rule) }
    let items = try node.items("\"layer_types\"")
    guard items.count == layers else {
      throw node.error("expected \"layer_types\" to have one entry for each of \(layers) layers, found \(items.count)")
    }
    var result: [Bool] = []
    for item in items {
      let type = try item.text("a layer's type")
      guard type == "sliding_attention" || type == "full_attention" else {
        throw item.error("expected a layer's type to be sliding_attention or full_attention, found \(item.summary)")
      }
      result.append(type == "sliding_attention")
    }
    return result
  }

  /// Which layers are mixtures of experts.
  fileprivate func expertLayers(_ family: DecoderFamily, layers: Int) throws(Diagnostic) -> [Bool] {
    switch family.traits {
    case .mixtral: return Array(repeating: true, count: layers)
    case .deepseek(let defaults):
      let dense = try integer("first_k_dense_replace", in: 0...Limit.layers.upperBound, default: defaults.denseLayers)
      // DeepSeek's own modeling_deepseek.py heeds it; transformers knows 1 alone, as all published files have.
      let step = try integer("moe_layer_freq", in: Limit.layers, default: 1, decidesSize: false)
      return (0..<layers).map { $0 >= dense && $0 % step == 0 }
    case .qwen2Experts, .qwen3Experts:
      let step = try integer("decoder_sparse_step", in: Limit.layers, default: 1, decidesSize: false)
      let dense = Set(try integers("mlp_only_layers", in: 0...Limit.layers.upperBound))
      return (0..<layers).map { !dense.contains($0) && ($0 + 1) % step == 0 }
    default: return Array(repeating: false, count: layers)
    }
  }
}

extension DecoderFamily.Traits {
  /// The default of `max_window_layers`.
  fileprivate var windowsFrom: Int {
    switch self {
    case .qwen2(let layer), .qwen3(let layer): layer
    default: 28
    }
  }
}
