internal import Architectures
internal import Documents
internal import Operators

extension LanguageFamily {
  /// GPT-2: learned positions, layer norms, biases everywhere.
  ///
  /// GPTBigCode, the layers of StarCoder, has one head of keys and values.
  static var gpt2: LanguageFamily {
    LanguageFamily("GPT2LMHeadModel", "GPTBigCodeForCausalLM", types: "gpt2", "gpt_bigcode", read: readGPT2)
  }

  @Sendable private static func readGPT2(_ fields: ConfigFields) throws(Diagnostic) -> LanguageModel {
    let fields = fields.asGPT2
    var reader = try DecoderReader(
      fields,
      DecoderDefaults(
        vocabulary: 50_257, width: 768, feedForward: 0, feedForwardRatio: 4, layers: 12, heads: 12, tied: true,
        activation: .geluTanh, activationKey: "activation_function"))
    reader.block.takeFirstForm()
    if try fields.isOf("GPTBigCodeForCausalLM", type: "gpt_bigcode"), try fields.boolean("multi_query", default: true) {
      reader.block.kvHeads = 1
    }
    var language = try reader.language()
    language.learnedPositions = try fields.integer("max_position_embeddings", in: Limit.positions, default: 1024)
    language.positions = language.learnedPositions
    return language
  }
}

extension ConfigFields {
  /// The keys of GPT-2 under the names that others have.
  var asGPT2: ConfigFields {
    renamed([
      "hidden_size": "n_embd", "num_hidden_layers": "n_layer", "num_attention_heads": "n_head",
      "intermediate_size": "n_inner", "max_position_embeddings": "n_positions",
    ])
  }

  /// Whether it is one of several architectures that a family reads, by `architectures` or else `model_type`.
  func isOf(_ architecture: String, type: String) throws(Diagnostic) -> Bool {
    if let name = try firstArchitecture() { return name == architecture }
    return try self["model_type"]?.text("\"model_type\"") == type
  }
}

extension TransformerBlock {
  /// The layers of the first decoders: layer norms, biases everywhere, no gate, no rotation.
  mutating func takeFirstForm() {
    norm = .layer
    gated = false
    (qkvBias, attentionOutputBias, feedForwardBias) = (true, true, true)
    rotaryWidth = 0
  }
}
