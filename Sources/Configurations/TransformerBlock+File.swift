internal import Architectures
internal import Documents
internal import Operators

extension TransformerBlock {
  /// Keys of every part with layers, besides its sizes.
  static let fileKeys = [
    "norm", "arrangement", "gated", "qkv_bias", "output_bias", "feed_forward_bias", "query_key_norm", "norms_all_heads",
    "rotary_width", "layer_scale",
  ]
  /// Keys of decoders alone.
  static let decoderFileKeys = [
    "value_norm", "value_width", "shares_keys_and_values", "sinks", "gated_output", "window", "chunked", "caps_scores",
    "activation_parameters", "attention", "latent", "indexer", "compressed", "streams", "recurrence",
    "experts",
  ]
  /// Sizes that a kind of layers may replace.
  static let kindSizeKeys = ["heads", "kv_heads", "head_width", "feed_forward", "activation"]

  /// What compressed attention has no choice of.
  private static let keysOfOtherAttention = [
    "latent", "indexer", "kv_heads", "qkv_bias", "output_bias", "gated_output", "query_key_norm", "value_width",
    "value_norm",
  ]

  /// Changes what keys say, and leaves the rest.
  mutating func read(_ fields: some KeyedFields) {
    if fields["norm"] != nil { norm = fields.choice("norm") ?? norm }
    arrangement = fields.choice("arrangement") ?? arrangement
    gated = fields.boolean("gated", default: gated)
    qkvBias = fields.boolean("qkv_bias", default: qkvBias)
    attentionOutputBias = fields.boolean("output_bias", default: attentionOutputBias)
    feedForwardBias = fields.boolean("feed_forward_bias", default: feedForwardBias)
    if fields["query_key_norm"] != nil { queryKeyNorm = fields.choice("query_key_norm") }
    normsAllHeads = fields.boolean("norms_all_heads", default: normsAllHeads)
    rotaryWidth = fields.optionalInteger("rotary_width", in: 0...Limit.headWidth.upperBound) ?? rotaryWidth
    switch fields.choice("layer_scale", of: LayerScale.self) {
    case .layer: gateWidth = 1
    case .channel: gateWidth = width
    case nil: if fields["layer_scale"] != nil { gateWidth = 0 }
    }
  }

  /// The same of a decoder.
  mutating func readDecoder(_ fields: some KeyedFields) {
    if let stated = fields.optionalInteger("head_width", in: Limit.headWidth) {
      (headWidth, rotaryWidth) = (stated, stated)
    }
    if let stated = fields.optionalInteger("heads", in: Limit.heads) { heads = stated }
    if let stated = fields.optionalInteger("kv_heads", in: Limit.heads) { kvHeads = stated }
    if let stated = fields.optionalInteger("feed_forward", in: 0...Limit.width.upperBound) { feedForward = stated }
    read(fields)
    if fields["value_norm"] != nil { valueNorm = fields.choice("value_norm") }
    ownValueWidth = fields.optionalInteger("value_width", in: Limit.headWidth) ?? ownValueWidth
    sharesKeysAndValues = fields.boolean("shares_keys_and_values", default: sharesKeysAndValues)
    hasSinks = fields.boolean("sinks", default: hasSinks)
    gatesOutput = fields.boolean("gated_output", default: gatesOutput)
    if let node = fields["window"] {
      window = node.saysNone ? nil : fields.optionalInteger("window", in: Limit.positions)
    }
    isChunked = fields.boolean("chunked", default: isChunked)
    capsScores = fields.boolean("caps_scores", default: capsScores)
    activationParameters = fields.optionalInteger("activation_parameters", in: 0...16) ?? activationParameters
    hasAttention = fields.boolean("attention", default: hasAttention)
    if fields["latent"] != nil { latent = LatentAttention(fields) }
    if let latent { (kvHeads, rotaryWidth) = (heads, latent.rotaryWidth) }
    if fields["indexer"] != nil { indexer = SparseIndexer(fields) }
    if let node = fields["compressed"] {
      compressed = node.saysNone ? nil : CompressedAttention(fields)
      if compressed != nil { kvHeads = 1 }
      for key in Self.keysOfOtherAttention where compressed != nil {
        if let other = fields[key] { fields.findings.add(other.error("\"compressed\" attention has no \"\(key)\"")) }
      }
    }
    if fields["streams"] != nil { streams = ResidualStreams(fields) }
    if fields["recurrence"] != nil { recurrence = Recurrence(fields) }
    if fields["experts"] != nil { experts = MixtureOfExperts(fields) }
  }
}

/// What is learned of a gate of what a layer's parts add.
private enum LayerScale: String, CaseIterable { case layer, channel }

extension LatentAttention {
  fileprivate init?(_ fields: some KeyedFields) {
    guard let part = fields.mapping("latent", ["query_rank", "rank", "rotary_width", "value_width"]) else { return nil }
    self.init(
      queryRank: part.optionalInteger("query_rank", in: Limit.width), rank: part.integer("rank", in: Limit.width),
      rotaryWidth: part.integer("rotary_width", in: Limit.headWidth),
      valueWidth: part.integer("value_width", in: Limit.headWidth))
  }
}

extension CompressedAttention {
  fileprivate init?(_ fields: some KeyedFields) {
    let keys = ["query_rank", "output_groups", "output_rank", "rate", "overlaps", "indexer"]
    guard let part = fields.mapping("compressed", keys) else { return nil }
    self.init(
      queryRank: part.integer("query_rank", in: Limit.width),
      outputGroups: part.integer("output_groups", in: Limit.heads),
      outputRank: part.integer("output_rank", in: Limit.width))
    rate = part.optionalInteger("rate", in: Limit.entry)
    overlaps = part.boolean("overlaps", default: false)
    if part["indexer"] != nil { indexer = SparseIndexer(part) }
    if rate == nil, let node = part["indexer"] ?? part["overlaps"] {
      part.findings.add(node.error("without a \"rate\" there are no entries to overlap or to pick from"))
    }
  }
}

extension ResidualStreams {
  fileprivate init?(_ fields: some KeyedFields) {
    guard let part = fields.mapping("streams", ["count", "iterations"]) else { return nil }
    self.init(
      count: part.integer("count", in: Limit.streams), iterations: part.integer("iterations", in: Limit.iterations))
  }
}

extension SparseIndexer {
  fileprivate init?(_ fields: some KeyedFields) {
    guard let part = fields.mapping("indexer", ["heads", "head_width", "positions", "shared"]) else { return nil }
    self.init(
      heads: part.integer("heads", in: Limit.heads), headWidth: part.integer("head_width", in: Limit.headWidth),
      positions: part.integer("positions", in: Limit.positions))
    isShared = part.boolean("shared", default: false)
  }
}

extension MixtureOfExperts {
  fileprivate init?(_ fields: some KeyedFields) {
    let keys = [
      "count", "per_token", "feed_forward", "shared_feed_forward", "shared_gate", "router_bias", "expert_bias",
      "latent_width", "beside_dense",
    ]
    guard let part = fields.mapping("experts", keys) else { return nil }
    self.init(
      count: part.integer("count", in: Limit.experts), perToken: part.integer("per_token", in: Limit.experts),
      feedForward: part.integer("feed_forward", in: Limit.width),
      sharedWidth: part.optionalInteger("shared_feed_forward", in: 0...1 << 40) ?? 0,
      sharedGate: part.boolean("shared_gate", default: false))
    routerBias = part.boolean("router_bias", default: false)
    expertBias = part.boolean("expert_bias", default: false)
    latentWidth = part.optionalInteger("latent_width", in: Limit.width)
    besideDense = part.boolean("beside_dense", default: false)
  }
}

extension Recurrence {
  private enum Kind: String, CaseIterable { case gatedDelta = "gated_delta", mamba2, mamba, linear, convolution }

  private static let keys = [
    "kind", "heads", "key_heads", "value_heads", "head_width", "key_width", "value_width", "groups", "state",
    "channels",
    "step_rank", "kernel", "kernel_bias", "bias", "output_bias", "norm",
  ]

  fileprivate init?(_ fields: some KeyedFields) {
    guard let part = fields.mapping("recurrence", Self.keys) else { return nil }
    guard part["kind"] != nil, let kind = part.choice("kind", of: Kind.self) else {
      _ = part.findings.attempt(try part.required("kind"))
      return nil
    }
    func kernel() -> Int { part.integer("kernel", in: 1...64) }
    func kernelBias() -> Bool { part.boolean("kernel_bias", default: true) }
    let bias = part.boolean("bias", default: false)
    switch kind {
    case .gatedDelta:
      let (heads, widths) = (Limit.heads, Limit.headWidth)
      let net = GatedDeltaNet(
        keyHeads: part.integer("key_heads", in: heads), valueHeads: part.integer("value_heads", in: heads),
        keyWidth: part.integer("key_width", in: widths), valueWidth: part.integer("value_width", in: widths),
        kernel: kernel())
      self = .gatedDelta(net)
    case .mamba2:
      var mixer = Mamba2(
        heads: part.integer("heads", in: Limit.heads), headWidth: part.integer("head_width", in: Limit.headWidth),
        groups: part.optionalInteger("groups", in: Limit.heads) ?? 1, state: part.integer("state", in: Limit.width),
        kernel: kernel())
      (mixer.kernelBias, mixer.bias) = (kernelBias(), bias)
      mixer.outputBias = part.boolean("output_bias", default: bias)
      mixer.hasNorm = part["norm"]?.saysNone != true
      self = .mamba2(mixer)
    case .mamba:
      var mixer = Mamba(
        inner: part.integer("channels", in: 1...1 << 40), state: part.integer("state", in: Limit.width),
        stepRank: part.integer("step_rank", in: Limit.width), kernel: kernel())
      (mixer.kernelBias, mixer.bias, mixer.norm) = (kernelBias(), bias, part.choice("norm"))
      self = .mamba(mixer)
    case .linear:
      let heads = part.integer("heads", in: Limit.heads)
      self = .linear(LinearAttention(heads: heads, headWidth: part.integer("head_width", in: Limit.headWidth)))
    case .convolution:
      let channels = part.integer("channels", in: Limit.width)
      self = .convolution(ShortConvolution(channels: channels, kernel: kernel(), bias: bias))
    }
  }
}
