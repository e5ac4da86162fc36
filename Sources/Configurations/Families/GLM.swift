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
    LanguageFamily("Glm4ForCausalLM", types: "glm4", "glm4v_text") { (fields) throws(Diagnostic) in
      var reader = try DecoderReader(glm: fields, headWidth: fields.contains("head_dim") ? 128 : nil)
      reader.block.arrangement = .sandwiched
      return try reader.language()
    }
  }

  /// GLM-4.5: shared and routed experts behind a dense layer.
  static var glm4Experts: LanguageFamily {
    LanguageFamily("Glm4MoeForCausalLM", types: "glm4_moe", "glm4v_moe_text", read: readGLM4Experts)
  }

  @Sendable private static func readGLM4Experts(_ fields: ConfigFields) throws(Diagnostic) -> LanguageModel {
    var reader = try DecoderReader(
      fields,
      DecoderDefaults(vocabulary: 151_552, width: 4096, feedForward: 10_944, layers: 46, heads: 96, kvHeads: 8))
    reader.block.qkvBias = try fields.boolean("attention_bias", default: false)
    try reader.readRotaryFraction(default: 0.5)
    if try fields.boolean("use_qk_norm", default: false) { reader.block.queryKeyNorm = .rms }
    return try reader.deepseekLanguage(experts: 128, shared: 1, width: 1408, perToken: 8, dense: 1)
  }
}

extension DecoderReader {
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
