internal import Architectures
internal import Documents
internal import Operators

extension DecoderReader {
  /// A mixture whose number of experts stands under one of `keys`, names that transformers takes for each other.
  ///
  /// - Parameters:
  ///   - perToken: the default of experts of a token; nil where the key must be there.
  ///   - width: the key of an expert's inner width and its default; nil for that of the plain feed-forward block.
  func experts(
    _ keys: [String], default fallback: Int, perToken: Int?, perTokenKey: String = "num_experts_per_tok",
    width: (key: String, default: Int)? = ("moe_intermediate_size", 0)
  ) throws(Diagnostic) -> MixtureOfExperts {
    var inner = block.feedForward
    if let width {
      inner = try fields.integer(width.key, in: Limit.width, default: width.default > 0 ? width.default : nil)
    }
    let key = keys.first { fields[$0] != nil } ?? keys[0]
    let count = try fields.integer(key, in: Limit.experts, default: fallback)
    let chosen = try fields.integer(perTokenKey, in: Limit.experts, default: perToken)
    return try fields.comparison(
      or: MixtureOfExperts(count: count, perToken: 1, feedForward: inner)
    ) { () throws(Diagnostic) in
      guard chosen <= count else {
        throw (fields[perTokenKey] ?? fields.node).error("a token cannot pass \(chosen) of \(count) experts")
      }
      return MixtureOfExperts(count: count, perToken: chosen, feedForward: inner)
    }
  }

  /// Which layers are mixtures by `decoder_sparse_step` and `mlp_only_layers`, the keys of Qwen.
  func sparseLayers() throws(Diagnostic) -> [Bool] {
    let step = try fields.integer("decoder_sparse_step", in: Limit.layers, default: 1, decidesSize: false)
    let dense = Set(try fields.integers("mlp_only_layers", in: 0...Limit.layers.upperBound))
    return (0..<layers).map { !dense.contains($0) && ($0 + 1) % step == 0 }
  }

  /// Which layers are mixtures by `first_k_dense_replace`, the key of DeepSeek, or `mlp_layer_types`.
  func layersBehindDense(default dense: Int) throws(Diagnostic) -> [Bool] {
    if let types = try fields.layerTypes(layers, key: "mlp_layer_types") { return types.map { $0 == "sparse" } }
    let dense = try fields.integer("first_k_dense_replace", in: 0...Limit.layers.upperBound, default: dense)
    let key = "moe_layer_freq"
    if fields[key]?.isSequence == true { return try marks(key) ?? [Bool](repeating: false, count: layers) }
    // DeepSeek's own modeling_deepseek.py heeds it; transformers knows 1 alone, as all published files have.
    let step = try fields.integer(key, in: Limit.layers, default: 1, decidesSize: false)
    return (0..<layers).map { $0 >= dense && $0 % step == 0 }
  }

  /// The inner width of experts that every token passes besides, by their number.
  func sharedWidth(
    _ experts: MixtureOfExperts, key: String = "n_shared_experts", default fallback: Int
  ) throws(Diagnostic) -> Int {
    experts.feedForward * (try fields.optionalInteger(key, in: 0...1024, default: fallback) ?? 0)
  }
}

extension Node {
  /// Whether the node is a list.
  var isSequence: Bool {
    if case .sequence = content { return true }
    return false
  }
}
