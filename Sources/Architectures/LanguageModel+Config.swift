internal import Documents
internal import Operators

extension LanguageModel {
  /// Reads the configuration of a decoder of a family.
  ///
  /// - Throws: `Diagnostic` at a value of a wrong type, out of range, or that does not fit the others.
  init(config fields: ConfigFields, family: DecoderFamily) throws(Diagnostic) {
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
      return (0..<layers).map { $0 >= dense }
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
