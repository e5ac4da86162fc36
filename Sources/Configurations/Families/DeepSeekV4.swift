internal import Architectures
internal import Documents
internal import Operators

extension LanguageFamily {
  /// DeepSeek-V4: attention over a window and compressed entries, several residual streams, experts in every layer.
  static var deepseekV4: LanguageFamily {
    LanguageFamily("DeepseekV4ForCausalLM", types: "deepseek_v4", read: readDeepseekV4)
  }

  @Sendable private static func readDeepseekV4(_ fields: ConfigFields) throws(Diagnostic) -> LanguageModel {
    // The shared expert is as wide as the others, whatever else is stated.
    let fields = fields.replacing("intermediate_size", by: "moe_intermediate_size")
    var reader = try DecoderReader(
      fields,
      DecoderDefaults(
        vocabulary: 129_280, width: 4096, feedForward: 2048, layers: 43, heads: 64, kvHeads: 1, headWidth: 512))
    for key in ["attention_bias", "mlp_bias"] {
      guard try !fields.boolean(key, default: false) else {
        throw (fields[key] ?? fields.node).error("biases of DeepSeek-V4's products are not understood")
      }
    }
    try readBlock(fields, &reader)
    let kinds = try fields.compressions(reader.layers)
    let plain = try compressed(fields, heads: reader.block.heads)
    var (sparse, heavy) = (plain, plain)
    (sparse.rate, sparse.overlaps) = (try fields.rate(.sparse), true)
    sparse.indexer = SparseIndexer(
      heads: try fields.integer("index_n_heads", in: Limit.heads, default: 64),
      headWidth: try fields.integer("index_head_dim", in: Limit.headWidth, default: 128),
      positions: try fields.integer("index_topk", in: Limit.positions, default: 512))
    heavy.rate = try fields.rate(.heavy)
    return try reader.language { (block, layer) in
      switch kinds[layer] {
      case .window: block.compressed = plain
      case .sparse: block.compressed = sparse
      case .heavy: block.compressed = heavy
      }
    }
  }

  /// What all layers have: one head of keys, a window with sinks, residual streams, experts.
  private static func readBlock(_ fields: ConfigFields, _ reader: inout DecoderReader) throws(Diagnostic) {
    guard reader.block.kvHeads == 1 else {
      throw (fields["num_key_value_heads"] ?? fields.node).error(
        "expected one head of keys, found \(reader.block.kvHeads)")
    }
    reader.block.window = try reader.window(default: 128)
    reader.block.hasSinks = true
    reader.block.streams = ResidualStreams(
      count: try fields.integer("hc_mult", in: Limit.streams, default: 4),
      iterations: try fields.integer("hc_sinkhorn_iters", in: Limit.iterations, default: 20, decidesSize: false))
    if fields["partial_rotary_factor"] != nil {
      try reader.readRotaryFraction(default: 0.125)
    } else {
      reader.block.rotaryWidth = try fields.integer(
        "qk_rope_head_dim", in: 0...reader.block.headWidth, default: reader.block.headWidth / 8, decidesSize: false)
    }
    var experts = try reader.experts(
      ["n_routed_experts", "num_local_experts"], default: 256, perToken: 6, width: ("moe_intermediate_size", 2048))
    // Transformers has one of them, whatever the number says.
    experts.sharedWidth = experts.feedForward
    reader.block.experts = experts
  }

  /// The attention that all layers share, to nothing but the window.
  private static func compressed(_ fields: ConfigFields, heads: Int) throws(Diagnostic) -> CompressedAttention {
    let attention = CompressedAttention(
      queryRank: try fields.integer("q_lora_rank", in: Limit.width, default: 1024),
      outputGroups: try fields.integer("o_groups", in: 1...heads, default: 8),
      outputRank: try fields.integer("o_lora_rank", in: Limit.width, default: 1024))
    try fields.comparison(or: ()) { () throws(Diagnostic) in
      guard heads % attention.outputGroups == 0 else {
        throw (fields["o_groups"] ?? fields.node).error(
          "\(heads) heads do not share out evenly among \(attention.outputGroups) groups")
      }
    }
    return attention
  }
}

/// What a layer attends to besides its window.
private enum Compression: String, CaseIterable {
  case window = "sliding_attention"
  case sparse = "compressed_sparse_attention"
  case heavy = "heavily_compressed_attention"

  /// How `compress_ratios` writes it.
  var ratio: Int {
    switch self {
    case .window: 0
    case .sparse: 4
    case .heavy: 128
    }
  }
}

extension ConfigFields {
  /// Tokens of an entry of a kind of layers.
  fileprivate func rate(_ kind: Compression) throws(Diagnostic) -> Int {
    let own = kind == .sparse ? "compress_rate_csa" : "compress_rate_hca"
    if self[own] != nil { return try integer(own, in: Limit.entry, default: nil) }
    return try part("compress_rates").integer(kind.rawValue, in: Limit.entry, default: kind.ratio, decidesSize: false)
  }

  /// What every layer attends to: by `layer_types`, by `compress_ratios`, which may list those of further predictions, too,
  /// or else two heavy ones, then sparse and heavy ones in turn.
  fileprivate func compressions(_ layers: Int) throws(Diagnostic) -> [Compression] {
    if let types = try layerTypes(layers) {
      var kinds: [Compression] = []
      for type in types {
        guard let kind = Compression(rawValue: type) else {
          let known = Compression.allCases.map(\.rawValue).joined(separator: ", ")
          throw (self["layer_types"] ?? node).error("expected layers of \(known), found \"\(type)\"")
        }
        kinds.append(kind)
      }
      return kinds
    }
    guard let list = self["compress_ratios"] else {
      return (0..<layers).map { $0 < 2 || $0 % 2 == 0 ? .heavy : .sparse }
    }
    var kinds: [Compression] = []
    for item in try list.items("\"compress_ratios\"") {
      let ratio = try item.integer("a ratio", in: 0...Limit.entry.upperBound)
      guard let kind = Compression.allCases.first(where: { $0.ratio == ratio }) else {
        throw item.error("expected a ratio of 0, 4 or 128, found \(ratio)")
      }
      kinds.append(kind)
    }
    guard kinds.count >= layers else {
      throw list.error("expected the ratios of \(layers) layers, found \(kinds.count)")
    }
    return [Compression](kinds.prefix(layers))
  }
}
