internal import Architectures
internal import Documents
internal import Operators

extension LanguageFamily {
  /// Granite 3: LLaMA's layers with constant factors, which a kernel takes along.
  static var granite: LanguageFamily {
    LanguageFamily("GraniteForCausalLM", types: "granite") { (fields) throws(Diagnostic) in
      var reader = try DecoderReader(granite: fields)
      try reader.readFeedForwardBias()
      return try reader.language()
    }
  }

  /// Granite 3 with experts, in one variant beside a shared one.
  static var graniteExperts: LanguageFamily {
    LanguageFamily(
      "GraniteMoeForCausalLM", "GraniteMoeSharedForCausalLM", types: "granitemoe", "granitemoeshared"
    ) { (fields) throws(Diagnostic) in
      var reader = try DecoderReader(granite: fields)
      reader.block.experts = try reader.graniteExperts()
      return try reader.language()
    }
  }

  /// Granite 4: Mamba-2 in most layers, attention in some, experts or a feed-forward block in all.
  static var graniteHybrid: LanguageFamily {
    LanguageFamily("GraniteMoeHybridForCausalLM", types: "granitemoehybrid", read: readGraniteHybrid)
  }

  @Sendable private static func readGraniteHybrid(_ fields: ConfigFields) throws(Diagnostic) -> LanguageModel {
    var reader = try DecoderReader(granite: fields)
    let shared = try fields.integer("shared_intermediate_size", in: Limit.width, default: 1024)
    if try fields.integer("num_local_experts", in: 0...Limit.experts.upperBound, default: 8) > 0 {
      reader.block.experts = try reader.graniteExperts()
      reader.block.experts?.sharedWidth = shared
    } else {
      reader.block.feedForward = shared
    }
    let rotates = try fields["position_embedding_type"]?.text("\"position_embedding_type\"") == "rope"
    if !rotates { reader.block.rotaryWidth = 0 }
    let mixer = try fields.mamba2(width: reader.block.width)
    let types = try fields.renamed(["layer_types": "layers_block_type"]).layerTypes(reader.layers)
    return try reader.language { (block, layer) in
      if !["attention", "full_attention"].contains(types?[layer]) {
        block.hasAttention = false
        block.recurrence = .mamba2(mixer)
      }
    }
  }
}

extension ConfigFields {
  /// The channels of a head of Mamba-2: as stated, or twice the width divided by the heads where it says "auto".
  func headChannels(
    _ key: String, width: Int, heads: String, _ fallback: Int
  ) throws(Diagnostic) -> Int {
    if case .scalar("auto", _)? = self[key]?.content {
      return 2 * width / (try integer(heads, in: Limit.heads, default: fallback))
    }
    return try integer(key, in: Limit.headWidth, default: 64)
  }
}

extension DecoderReader {
  /// What all of them have.
  fileprivate init(granite fields: ConfigFields) throws(Diagnostic) {
    try self.init(
      fields, DecoderDefaults(vocabulary: 32_000, width: 4096, feedForward: 11_008, layers: 32, heads: 32))
    try readAttentionBias()
  }

  /// The experts, and the width of the shared one.
  fileprivate func graniteExperts() throws(Diagnostic) -> MixtureOfExperts {
    var experts = try experts(["num_local_experts", "num_experts"], default: 8, perToken: 2, width: nil)
    experts.sharedWidth = try fields.integer(
      "shared_intermediate_size", in: 0...Limit.width.upperBound, default: 0, decidesSize: false)
    return experts
  }
}
