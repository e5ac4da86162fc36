internal import Architectures
internal import Documents
internal import Operators

extension LanguageFamily {
  /// GLM-4: half of a head is rotated, biases of queries, keys and values.
  static var glm: LanguageFamily { LanguageFamily("GlmForCausalLM", types: "glm", read: readGLM) }

  @Sendable private static func readGLM(_ fields: ConfigFields) throws(Diagnostic) -> LanguageModel {
    try DecoderReader(glm: fields, headWidth: 128).language()
  }

  /// ChatGLM2 to 4 in their authors' format.
  static var chatGLM: LanguageFamily {
    LanguageFamily("ChatGLMModel", "ChatGLMForConditionalGeneration", types: "chatglm", read: readChatGLM)
  }

  @Sendable private static func readChatGLM(_ fields: ConfigFields) throws(Diagnostic) -> LanguageModel {
    let fields = fields.renamed([
      "num_hidden_layers": "num_layers", "intermediate_size": "ffn_hidden_size", "head_dim": "kv_channels",
      "vocab_size": "padded_vocab_size", "max_position_embeddings": "seq_length",
    ])
    var reader = try DecoderReader(
      fields,
      DecoderDefaults(vocabulary: 65_024, width: 4096, feedForward: 13_696, layers: 28, heads: 32, headWidth: 128))
    if try fields.boolean("multi_query_attention", default: false) {
      reader.block.kvHeads = try fields.kvHeads(
        heads: reader.block.heads, default: 1, key: "multi_query_group_num")
    }
    let bias = try fields.boolean("add_bias_linear", default: false)
    let qkvBias = try fields.boolean("add_qkv_bias", default: false)
    reader.block.qkvBias = qkvBias || bias
    (reader.block.attentionOutputBias, reader.block.feedForwardBias) = (bias, bias)
    reader.block.rotaryWidth = reader.block.headWidth / 2
    return try reader.language()
  }

  /// GLM-4-0414: GLM-4 with norms around attention and feed-forward block.
  static var glm4: LanguageFamily {
    LanguageFamily("Glm4ForCausalLM", types: "glm4") { (fields) throws(Diagnostic) in
      try DecoderReader(glm4: fields, headWidth: 128).language()
    }
  }

  /// The language model of GLM-4.1V: the same, whose heads share the width unless a width is stated.
  static var glm4Text: LanguageFamily {
    LanguageFamily(types: "glm4v_text") { (fields) throws(Diagnostic) in
      try DecoderReader(glm4: fields, headWidth: nil).language()
    }
  }

  /// GLM-4.5: shared and routed experts behind a dense layer.
  static var glm4Experts: LanguageFamily {
    LanguageFamily("Glm4MoeForCausalLM", types: "glm4_moe") { (fields) throws(Diagnostic) in
      try readGLM4Experts(fields, vocabulary: 151_552, bias: false)
    }
  }

  /// The language model of GLM-4.5V: the same with other defaults.
  static var glm4ExpertsText: LanguageFamily {
    LanguageFamily(types: "glm4v_moe_text") { (fields) throws(Diagnostic) in
      try readGLM4Experts(fields, vocabulary: 151_424, bias: true)
    }
  }

  /// GLM-4.7-Flash: DeepSeek-V3's latent attention, experts behind a dense layer.
  static var glm4Lite: LanguageFamily {
    LanguageFamily("Glm4MoeLiteForCausalLM", types: "glm4_moe_lite") { (fields) throws(Diagnostic) in
      var reader = try DecoderReader(
        fields,
        DecoderDefaults(
          vocabulary: 154_880, width: 2048, feedForward: 10_240, layers: 47, heads: 20, readsHeadWidth: false))
      try reader.readAttentionBias()
      try reader.readLatentAttention(queryRank: 768, nope: 192, value: 256)
      return try reader.deepseekLanguage(experts: 64, shared: 1, width: 1536, perToken: 4, dense: 1)
    }
  }

  /// dots.llm1: norms of queries and keys, windows from a layer on, shared and routed experts.
  static var dots: LanguageFamily {
    LanguageFamily("Dots1ForCausalLM", types: "dots1") { (fields) throws(Diagnostic) in
      var reader = try DecoderReader(
        fields,
        DecoderDefaults(vocabulary: 152_064, width: 4608, feedForward: 10_944, layers: 62, heads: 32, kvHeads: 32))
      try reader.readAttentionBias()
      reader.block.queryKeyNorm = .rms
      let window = try reader.window(default: 4096)
      let bound = try fields.maxWindowLayers(default: 62)
      let windowed = try reader.layers(of: "sliding_attention") { $0 >= bound }
      return try reader.deepseekLanguage(experts: 128, shared: 0, width: 1408, perToken: nil, dense: 0) {
        (block, layer) in
        block.window = windowed[layer] ? window : nil
      }
    }
  }

  private static func readGLM4Experts(
    _ fields: ConfigFields, vocabulary: Int, bias: Bool
  ) throws(Diagnostic) -> LanguageModel {
    var reader = try DecoderReader(
      fields,
      DecoderDefaults(vocabulary: vocabulary, width: 4096, feedForward: 10_944, layers: 46, heads: 96, kvHeads: 8))
    reader.block.qkvBias = try fields.boolean("attention_bias", default: bias)
    try reader.readRotaryFraction(default: 0.5)
    if try fields.boolean("use_qk_norm", default: false) { reader.block.queryKeyNorm = .rms }
    return try reader.deepseekLanguage(experts: 128, shared: 1, width: 1408, perToken: 8, dense: 1)
  }
}

extension DecoderReader {
  /// GLM-4's layers with norms around attention and feed-forward block.
  fileprivate init(glm4 fields: ConfigFields, headWidth: Int?) throws(Diagnostic) {
    try self.init(glm: fields, headWidth: headWidth)
    block.arrangement = .sandwiched
  }

  /// What the dense models have.
  fileprivate init(glm fields: ConfigFields, headWidth: Int?) throws(Diagnostic) {
    try self.init(
      fields,
      DecoderDefaults(
        vocabulary: 151_552, width: 4096, feedForward: 13_696, layers: 40, heads: 32, kvHeads: 2, headWidth: headWidth))
    block.qkvBias = try fields.boolean("attention_bias", default: true)
    try readRotaryFraction(default: 0.5)
  }
}
