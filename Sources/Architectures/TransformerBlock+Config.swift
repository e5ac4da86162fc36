internal import Documents
internal import Operators

extension TransformerBlock {
  /// The layer that a decoder's configuration describes, with experts and without a window.
  init(config fields: ConfigFields, family: DecoderFamily) throws(Diagnostic) {
    let width = try fields.integer("hidden_size", in: Limit.width, default: family.width)
    let heads = try fields.integer("num_attention_heads", in: Limit.heads, default: family.heads)
    let kvHeads = try fields.kvHeads(heads: heads, default: family.kvHeads)
    var isLatent = false
    if case .deepseek = family.traits { isLatent = true }
    let headWidth = isLatent ? 1 : try fields.headWidth(width: width, heads: heads, default: family.headWidth)
    self = .decoder(
      width: width, heads: heads, kvHeads: kvHeads, headWidth: headWidth,
      feedForward: try fields.integer("intermediate_size", in: Limit.width, default: family.feedForward))
    activation = try fields.activation("hidden_act", default: .silu)
    try readTraits(fields, family)
  }

  private mutating func readTraits(_ fields: ConfigFields, _ family: DecoderFamily) throws(Diagnostic) {
    switch family.traits {
    case .llama:
      try readAttentionBias(fields)
      feedForwardBias = try fields.boolean("mlp_bias", default: false)
    case .windowed: break
    case .qwen2: qkvBias = true
    case .qwen3:
      try readAttentionBias(fields)
      queryKeyNorm = .rms
    case .phi: try readPhi(fields)
    case .phi3: rotaryWidth = try fields.rotaryWidth(headWidth, default: 1)
    case .gemma2:
      try readAttentionBias(fields)
      activation = try fields.activation("hidden_activation", default: .geluTanh)
      arrangement = .sandwiched
      capsScores = try fields.caps("attn_logit_softcapping")
    case .mixtral: experts = try fields.mixtralExperts(feedForward: feedForward)
    case .qwen2Experts:
      qkvBias = try fields.boolean("qkv_bias", default: true)
      experts = try fields.qwen2Experts()
    case .qwen3Experts:
      try readAttentionBias(fields)
      queryKeyNorm = .rms
      experts = try fields.qwen3Experts()
    case .deepseek(let defaults): try readDeepseek(fields, defaults)
    }
  }

  /// Biases of all four attention products by one key.
  private mutating func readAttentionBias(_ fields: ConfigFields) throws(Diagnostic) {
    qkvBias = try fields.boolean("attention_bias", default: false)
    attentionOutputBias = qkvBias
  }

  private mutating func readPhi(_ fields: ConfigFields) throws(Diagnostic) {
    norm = .layer
    activation = try fields.activation("hidden_act", default: .geluTanh)
    gated = false
    (qkvBias, attentionOutputBias, feedForwardBias) = (true, true, true)
    arrangement = .parallel
    rotaryWidth = try fields.rotaryWidth(headWidth, default: 0.5)
    if try fields.boolean("qk_layernorm", default: false) { queryKeyNorm = .layer }
  }

  private mutating func readDeepseek(
    _ fields: ConfigFields, _ defaults: DecoderFamily.DeepseekDefaults
  ) throws(Diagnostic) {
    try readAttentionBias(fields)
    if defaults.hasFeedForwardBias { feedForwardBias = try fields.boolean("mlp_bias", default: false) }
    let rotated = try fields.integer("qk_rope_head_dim", in: Limit.headWidth, default: 64)
    headWidth = rotated + (try fields.integer("qk_nope_head_dim", in: Limit.headWidth, default: 128))
    kvHeads = heads
    rotaryWidth = rotated
    latent = LatentAttention(
      queryRank: try fields.optionalInteger("q_lora_rank", in: Limit.width, default: 1536),
      rank: try fields.integer("kv_lora_rank", in: Limit.width, default: 512), rotaryWidth: rotated,
      valueWidth: try fields.integer("v_head_dim", in: Limit.headWidth, default: 128))
    experts = try fields.deepseekExperts(defaults)
  }
}

extension ConfigFields {
  /// Heads of keys and values: as stated, the default where the key is absent, all heads where it is null.
  fileprivate func kvHeads(heads: Int, default fallback: Int?) throws(Diagnostic) -> Int {
    let key = "num_key_value_heads"
    let count = try optionalInteger(key, in: 1...heads, default: fallback) ?? heads
    guard heads % count == 0 else {
      guard let node = self[key] else {
        throw (self["num_attention_heads"] ?? node).error(
          "the configuration lacks \"\(key)\", and transformers' default, \(count), does not divide the \(heads) heads")
      }
      throw node.error("expected \"\(key)\" to divide the \(heads) heads, found \(count)")
    }
    return count
  }

  /// The width of a head: as stated, the default, or the width divided by the heads.
  fileprivate func headWidth(width: Int, heads: Int, default fallback: Int?) throws(Diagnostic) -> Int {
    if let stated = try optionalInteger("head_dim", in: Limit.headWidth, default: fallback) { return stated }
    guard width >= heads else {
      throw (self["num_attention_heads"] ?? node).error("\(heads) heads are more than the width \(width)")
    }
    // As transformers does, also where the division leaves a rest.
    return width / heads
  }

  /// Elements of a head that are rotated.
  fileprivate func rotaryWidth(_ headWidth: Int, default fallback: Double) throws(Diagnostic) -> Int {
    Int(Double(headWidth) * (try rotaryFraction(default: fallback)))
  }

  fileprivate func mixtralExperts(feedForward: Int) throws(Diagnostic) -> MixtureOfExperts {
    try mixture(count: ["num_local_experts", "num_experts"], 8, perToken: 2, feedForward: feedForward)
  }

  fileprivate func qwen2Experts() throws(Diagnostic) -> MixtureOfExperts {
    let inner = try integer("moe_intermediate_size", in: Limit.width, default: 1408)
    var experts = try mixture(count: ["num_experts"], 60, perToken: 4, feedForward: inner)
    experts.sharedWidth = try integer("shared_expert_intermediate_size", in: Limit.width, default: 5632)
    experts.sharedGate = true
    return experts
  }

  fileprivate func qwen3Experts() throws(Diagnostic) -> MixtureOfExperts {
    let inner = try integer("moe_intermediate_size", in: Limit.width, default: 768)
    // transformers 5 writes num_local_experts, published configurations num_experts.
    return try mixture(count: ["num_experts", "num_local_experts"], 128, perToken: 8, feedForward: inner)
  }

  fileprivate func deepseekExperts(_ defaults: DecoderFamily.DeepseekDefaults) throws(Diagnostic) -> MixtureOfExperts {
    let inner = try integer("moe_intermediate_size", in: Limit.width, default: defaults.expertWidth)
    var experts = try mixture(
      count: ["n_routed_experts", "num_local_experts", "num_experts"], defaults.experts, perToken: defaults.perToken,
      feedForward: inner)
    let shared = try integer("n_shared_experts", in: 0...1024, default: defaults.sharedExperts)
    experts.sharedWidth = shared * inner
    return experts
  }

  /// A mixture whose number of experts stands under one of `keys`, names that transformers takes for each other.
  private func mixture(
    count keys: [String], _ fallback: Int, perToken: Int?, feedForward: Int
  ) throws(Diagnostic) -> MixtureOfExperts {
    let key = keys.first { self[$0] != nil } ?? keys[0]
    let count = try integer(key, in: Limit.experts, default: fallback)
    let perTokenKey = "num_experts_per_tok"
    let chosen = try integer(perTokenKey, in: Limit.experts, default: perToken)
    guard chosen <= count else {
      throw (self[perTokenKey] ?? node).error("a token cannot pass \(chosen) of \(count) experts")
    }
    return MixtureOfExperts(count: count, perToken: chosen, feedForward: feedForward)
  }
}
