internal import Architectures
internal import Documents
internal import Operators

extension LanguageFamily {
  /// DeepSeekMoE: LLaMA's attention, shared and routed experts behind some dense layers.
  static var deepseek: LanguageFamily {
    LanguageFamily("DeepseekForCausalLM", types: "deepseek") { (fields) throws(Diagnostic) in
      let reader = try DecoderReader(
        fields, DecoderDefaults(vocabulary: 102_400, width: 4096, feedForward: 11_008, layers: 30, heads: 32))
      return try reader.deepseekLanguage(experts: 64, shared: 2, width: 1407, perToken: nil, dense: 0)
    }
  }

  /// DeepSeek-V2: latent attention, shared and routed experts behind some dense layers.
  static var deepseekV2: LanguageFamily {
    LanguageFamily("DeepseekV2ForCausalLM", types: "deepseek_v2", read: readDeepseekV2)
  }

  /// Its authors' class has plain attention, too (`use_mla`).
  @Sendable private static func readDeepseekV2(_ fields: ConfigFields) throws(Diagnostic) -> LanguageModel {
    guard try fields.boolean("use_mla", default: true) else { return try deepseek.read(fields) }
    var reader = try DecoderReader(
      fields,
      DecoderDefaults(
        vocabulary: 102_400, width: 4096, feedForward: 11_008, layers: 32, heads: 32, readsHeadWidth: false))
    try reader.readBiases()
    try reader.readLatentAttention()
    return try reader.deepseekLanguage(experts: 64, shared: 2, width: 1407, perToken: nil, dense: 0)
  }

  /// DeepSeek-V3, R1 and Kimi K2.
  static var deepseekV3: LanguageFamily {
    LanguageFamily("DeepseekV3ForCausalLM", types: "deepseek_v3", read: readDeepseekV3)
  }

  @Sendable private static func readDeepseekV3(_ fields: ConfigFields) throws(Diagnostic) -> LanguageModel {
    try DecoderReader(deepseekV3: fields).deepseekLanguage(experts: 256, shared: 1, width: 2048, perToken: 8, dense: 3)
  }

  /// DeepSeek-V3.2: V3 with an indexer that picks the positions.
  static var deepseekV32: LanguageFamily {
    LanguageFamily("DeepseekV32ForCausalLM", types: "deepseek_v32") { (fields) throws(Diagnostic) in
      try DecoderReader(deepseekV3: fields).indexedLanguage(heads: 64, width: 2048)
    }
  }

  /// GLM-5: DeepSeek-V3.2's layers in other sizes; from 5.2 on some layers share the choice of one before them.
  static var glm5: LanguageFamily {
    LanguageFamily("GlmMoeDsaForCausalLM", types: "glm_moe_dsa") { (fields) throws(Diagnostic) in
      var reader = try DecoderReader(
        fields,
        DecoderDefaults(
          vocabulary: 154_880, width: 6144, feedForward: 12_288, layers: 78, heads: 64, readsHeadWidth: false))
      try reader.readAttentionBias()
      try reader.readLatentAttention(queryRank: 2048, nope: 192, value: 256)
      return try reader.indexedLanguage(heads: 32, width: 2048)
    }
  }
}

extension DecoderReader {
  /// The layers of DeepSeek-V3.
  fileprivate init(deepseekV3 fields: ConfigFields) throws(Diagnostic) {
    try self.init(
      fields,
      DecoderDefaults(
        vocabulary: 129_280, width: 7168, feedForward: 18_432, layers: 61, heads: 128, readsHeadWidth: false))
    try readAttentionBias()
    try readLatentAttention()
  }

  /// The model with experts and, in layers that do not share the choice of one before them, an indexer.
  fileprivate func indexedLanguage(heads: Int, width: Int) throws(Diagnostic) -> LanguageModel {
    let indexer = SparseIndexer(
      heads: try fields.integer("index_n_heads", in: Limit.heads, default: heads),
      headWidth: try fields.integer("index_head_dim", in: Limit.headWidth, default: 128),
      positions: try fields.integer("index_topk", in: Limit.positions, default: 2048))
    let key = "indexer_types"
    var isOwn = [Bool](repeating: true, count: layers)
    if let node = fields[key] {
      let types = try node.items("\"\(key)\"")
      if try fields.isOne(of: layers, types.count, key) {
        for (layer, type) in types.enumerated() { isOwn[layer] = try type.text("an indexer's type") == "full" }
      }
    }
    return try deepseekLanguage(experts: 256, shared: 1, width: width, perToken: 8, dense: 3) { (block, layer) in
      block.indexer = indexer
      block.indexer?.isShared = !isOwn[layer]
    }
  }

  /// Multi-head latent attention in place of heads of keys and values; the figures are defaults.
  mutating func readLatentAttention(queryRank: Int = 1536, nope: Int = 128, value: Int = 128) throws(Diagnostic) {
    let rotated = try fields.integer("qk_rope_head_dim", in: Limit.headWidth, default: 64)
    block.headWidth = rotated + (try fields.integer("qk_nope_head_dim", in: Limit.headWidth, default: nope))
    block.kvHeads = block.heads
    block.rotaryWidth = rotated
    block.latent = LatentAttention(
      queryRank: try fields.optionalInteger("q_lora_rank", in: Limit.width, default: queryRank),
      rank: try fields.integer("kv_lora_rank", in: Limit.width, default: 512), rotaryWidth: rotated,
      valueWidth: try fields.integer("v_head_dim", in: Limit.headWidth, default: value))
  }

  /// The model with experts behind some dense layers; the figures are defaults.
  func deepseekLanguage(
    experts count: Int, shared: Int, width: Int, perToken: Int?, dense: Int,
    _ change: (_ block: inout TransformerBlock, _ layer: Int) throws(Diagnostic) -> Void = { _, _ in }
  ) throws(Diagnostic) -> LanguageModel {
    var experts = try experts(
      ["n_routed_experts", "num_local_experts", "num_experts"], default: count, perToken: perToken,
      width: ("moe_intermediate_size", width))
    experts.sharedWidth = try sharedWidth(experts, default: shared)
    let sparse = try layersBehindDense(default: dense)
    return try language { (block, layer) throws(Diagnostic) in
      block.experts = sparse[layer] ? experts : nil
      try change(&block, layer)
    }
  }
}
