internal import Architectures
internal import Documents
internal import Operators

/// What a configuration class takes where a decoder's configuration lacks a key.
struct DecoderDefaults {
  var vocabulary: Int
  var width: Int
  var feedForward: Int
  /// How many times the width it is instead, where its key is absent; nil for the number above.
  var feedForwardRatio: Int?
  var layers: Int
  var heads: Int
  /// Heads of keys and values; nil for as many as `heads`.
  var kvHeads: Int?
  /// The width of a head; nil for the width divided by the heads.
  var headWidth: Int?
  /// Whether `head_dim` is read at all; else the family finds the width of a head elsewhere.
  var readsHeadWidth = true
  /// Whether the head shares the embedding's matrix.
  var tied = false
  /// The activation and the key of it.
  var activation = ActivationKind.silu
  var activationKey = "hidden_act"
}

/// A decoder's configuration while its family reads it: the sizes that all have, in layers like LLaMA's, to be changed.
struct DecoderReader {
  let fields: ConfigFields
  let layers: Int
  /// What the layers have in common.
  var block: TransformerBlock
  private let defaults: DecoderDefaults

  /// Reads the sizes that all decoders have.
  ///
  /// - Throws: `Diagnostic` at a value of a wrong type, out of range, or that does not fit the others.
  init(_ fields: ConfigFields, _ defaults: DecoderDefaults) throws(Diagnostic) {
    try fields.checkFigures()
    self.fields = fields
    self.defaults = defaults
    layers = try fields.integer("num_hidden_layers", in: Limit.layers, default: defaults.layers)
    let width = try fields.integer("hidden_size", in: Limit.width, default: defaults.width)
    let heads = try fields.integer("num_attention_heads", in: Limit.heads, default: defaults.heads)
    let kvHeads = try fields.kvHeads(heads: heads, default: defaults.kvHeads)
    let headWidth =
      defaults.readsHeadWidth ? try fields.headWidth(width: width, heads: heads, default: defaults.headWidth) : 1
    block = .decoder(
      width: width, heads: heads, kvHeads: kvHeads, headWidth: headWidth,
      feedForward: try fields.feedForward(width: width, defaults))
    block.activation = try fields.activation(defaults.activationKey, default: defaults.activation)
  }

  /// The model of these layers, each changed by its place.
  func language(
    _ change: (_ block: inout TransformerBlock, _ layer: Int) throws(Diagnostic) -> Void = { _, _ in }
  ) throws(Diagnostic) -> LanguageModel {
    var stack = LayerStack(block, layers: 0)
    for layer in 0..<layers {
      var block = block
      try change(&block, layer)
      stack.append(block)
    }
    var language = LanguageModel(
      stack: stack,
      vocabulary: try fields.integer("vocab_size", in: Limit.vocabulary, default: defaults.vocabulary),
      tiedEmbeddings: try fields.boolean("tie_word_embeddings", default: defaults.tied))
    language.positions = try fields.optionalInteger(
      "max_position_embeddings", in: Limit.positions, default: nil, decidesSize: false)
    language.rotatedPositions = try fields.rotatedPositions(language.positions)
    return language
  }

  /// Biases of all four attention products by one key.
  mutating func readAttentionBias(default fallback: Bool = false) throws(Diagnostic) {
    block.qkvBias = try fields.boolean("attention_bias", default: fallback)
    block.attentionOutputBias = block.qkvBias
  }

  /// Bias of the feed-forward block by its usual key.
  mutating func readFeedForwardBias() throws(Diagnostic) {
    block.feedForwardBias = try fields.boolean("mlp_bias", default: false)
  }

  /// Biases of attention and of the feed-forward block by their usual keys.
  mutating func readBiases() throws(Diagnostic) {
    try readAttentionBias()
    try readFeedForwardBias()
  }

  /// The part of a head that is rotated.
  mutating func readRotaryFraction(default fallback: Double) throws(Diagnostic) {
    block.rotaryWidth = Int(Double(block.headWidth) * (try fields.rotaryFraction(default: fallback)))
  }

  /// The window of every layer that has one, by its key; nil where it is null.
  func window(default fallback: Int?, decidesSize: Bool = false) throws(Diagnostic) -> Int? {
    try fields.optionalInteger(
      "sliding_window", in: 1...Workload.tokenLimit * 1024, default: fallback, decidesSize: decidesSize)
  }

  /// A mark of 0 or 1 for each layer; nil without any.
  func marks(_ key: String) throws(Diagnostic) -> [Bool]? {
    let marks = try fields.integers(key, in: 0...1)
    guard !marks.isEmpty, try fields.isOne(of: layers, marks.count, key) else { return nil }
    return marks.map { $0 == 1 }
  }

  /// Which layers `layer_types` gives a type, or where it is absent, a rule.
  func layers(of type: String, else rule: (Int) -> Bool) throws(Diagnostic) -> [Bool] {
    guard let types = try fields.layerTypes(layers) else { return (0..<layers).map(rule) }
    return types.map { $0 == type }
  }
}

extension ConfigFields {
  /// Keys of decoders that not every family reads, and what they may be; published files have windows of 0 that are off.
  private static let ranges: KeyValuePairs<String, ClosedRange<Int>> = [
    "max_position_embeddings": Limit.positions, "original_max_position_embeddings": Limit.positions,
    "sliding_window": 0...Limit.positions.upperBound, "max_window_layers": 0...Limit.layers.upperBound,
    "decoder_sparse_step": Limit.layers, "first_k_dense_replace": 0...Limit.layers.upperBound,
    "num_experts_per_tok": 0...Limit.experts.upperBound, "n_group": Limit.experts, "topk_group": Limit.experts,
    "num_key_value_heads": Limit.heads, "head_dim": Limit.headWidth,
  ]

  /// Refuses figures that no model has, also where nothing of this family depends on them: the file is wrong then.
  fileprivate func checkFigures() throws(Diagnostic) {
    for (key, range) in Self.ranges {
      _ = try value(or: nil) { () throws(Diagnostic) in try self[key]?.integer("\"\(key)\"", in: range) }
    }
    let step = "moe_layer_freq"
    if let node = self[step], !node.isSequence {
      _ = try value(or: 1) { () throws(Diagnostic) in try node.integer("\"\(step)\"", in: Limit.layers) }
    }
  }

  /// What layers are called, by their attention and by their feed-forward block.
  private static let layerTypes = [
    "full_attention", "sliding_attention", "chunked_attention", "linear_attention", "deepseek_sparse_attention",
    "indexed_attention", "compressed_sparse_attention", "heavily_compressed_attention", "attention", "mamba", "conv",
    "dense", "sparse",
  ]

  /// The type of every layer that `layer_types` states, or nil where it is absent.
  func layerTypes(_ layers: Int, key: String = "layer_types") throws(Diagnostic) -> [String]? {
    guard let node = self[key] else { return nil }
    let items = try value(or: nil) { () throws(Diagnostic) in try node.items("\"\(key)\"") }
    guard let items, try isOne(of: layers, items.count, key) else { return nil }
    var types: [String] = []
    for item in items {
      types.append(
        try value(or: "full_attention") { () throws(Diagnostic) in
          let type = try item.text("a layer's type")
          guard Self.layerTypes.contains(type) else {
            throw item.error(
              "expected a layer's type to be one of \(Self.layerTypes.joined(separator: ", ")); found \(item.summary)")
          }
          return type
        })
    }
    return types
  }

  /// Whether a list has one entry for each layer, which is an error if not.
  func isOne(of layers: Int, _ count: Int, _ key: String) throws(Diagnostic) -> Bool {
    try comparison(or: false) { () throws(Diagnostic) in
      guard count == layers else {
        throw (self[key] ?? node).error(
          "expected \"\(key)\" to have one entry for each of \(layers) layers, found \(count)")
      }
      return true
    }
  }

  /// Whether a soft-cap is on: it is by default, and off where it is null.
  func caps(_ key: String, default fallback: Bool = true) throws(Diagnostic) -> Bool {
    guard let node = self[key] else { return fallback && !contains(key) }
    return try value(or: fallback) { () throws(Diagnostic) in try node.number("\"\(key)\"", in: 0...1e9) > 0 }
  }

  /// The inner width of the feed-forward block: as stated, or the default, or so many times the width.
  fileprivate func feedForward(width: Int, _ defaults: DecoderDefaults) throws(Diagnostic) -> Int {
    let key = "intermediate_size"
    guard let ratio = defaults.feedForwardRatio else {
      return try integer(key, in: Limit.width, default: defaults.feedForward)
    }
    return try optionalInteger(key, in: Limit.width, default: nil) ?? ratio * width
  }

  /// Heads of keys and values: as stated, the default where the key is absent, all heads where it is null.
  func kvHeads(
    heads: Int, default fallback: Int?, key: String = "num_key_value_heads"
  ) throws(Diagnostic) -> Int {
    let count = try optionalInteger(key, in: 1...heads, default: fallback) ?? heads
    return try comparison(or: heads) { () throws(Diagnostic) in
      guard heads % count == 0 else {
        guard let node = self[key] else {
          throw (self["num_attention_heads"] ?? node).error(
            "the configuration lacks \"\(key)\", and transformers' default, \(count), does not divide the \(heads) heads"
          )
        }
        throw node.error("expected \"\(key)\" to divide the \(heads) heads, found \(count)")
      }
      return count
    }
  }

  /// The width of a head: as stated, the default, or the width divided by the heads.
  fileprivate func headWidth(width: Int, heads: Int, default fallback: Int?) throws(Diagnostic) -> Int {
    if let stated = try optionalInteger("head_dim", in: Limit.headWidth, default: fallback) { return stated }
    return try comparison(or: 1) { () throws(Diagnostic) in
      guard width >= heads else {
        throw (self["num_attention_heads"] ?? node).error("\(heads) heads are more than the width \(width)")
      }
      // As transformers does, also where the division leaves a rest.
      return width / heads
    }
  }
}
