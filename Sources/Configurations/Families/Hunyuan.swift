internal import Architectures
internal import Documents
internal import Operators

extension LanguageFamily {
  /// Hunyuan, dense: norms of queries and keys behind their rotation.
  static var hunyuan: LanguageFamily {
    LanguageFamily("HunYuanDenseV1ForCausalLM", types: "hunyuan_v1_dense", read: readHunyuan)
  }

  @Sendable private static func readHunyuan(_ fields: ConfigFields) throws(Diagnostic) -> LanguageModel {
    var reader = try DecoderReader(
      fields, DecoderDefaults(vocabulary: 290_943, width: 4096, feedForward: 11_008, layers: 32, heads: 32))
    try reader.readAttentionBias()
    reader.block.queryKeyNorm = .rms
    return try reader.language()
  }

  /// Hunyuan with experts: as many shared ones as are said beside those that a router picks.
  static var hunyuanExperts: LanguageFamily {
    LanguageFamily("HunYuanMoEV1ForCausalLM", types: "hunyuan_v1_moe") { (fields) throws(Diagnostic) in
      var reader = try DecoderReader(
        fields, DecoderDefaults(vocabulary: 290_943, width: 4096, feedForward: 11_008, layers: 32, heads: 32))
      try reader.readAttentionBias()
      reader.block.queryKeyNorm = .rms
      // Each figure is a number or a list of one for each layer, which are all the same in published files.
      func figure(_ keys: [String], _ range: ClosedRange<Int>, default fallback: Int) throws(Diagnostic) -> Int {
        guard let key = keys.first(where: { fields[$0] != nil }), let node = fields[key] else { return fallback }
        guard node.isSequence else { return try fields.integer(key, in: range, default: fallback) }
        let values = try fields.integers(key, in: range)
        guard let first = values.first, values.allSatisfy({ $0 == first }) else {
          throw node.error("expected the entries of \"\(key)\" to be equal; layers of several kinds are not understood")
        }
        return first
      }
      let count = try figure(["num_experts", "num_local_experts"], Limit.experts, default: 1)
      let chosen = try figure(["moe_topk", "num_experts_per_tok"], Limit.experts, default: 1)
      guard chosen <= count else {
        throw (fields["moe_topk"] ?? fields.node).error("a token cannot pass \(chosen) of \(count) experts")
      }
      let inner = reader.block.feedForward
      var experts = MixtureOfExperts(count: count, perToken: chosen, feedForward: inner)
      experts.sharedWidth = inner * (try figure(["num_shared_expert"], 0...1024, default: 1))
      reader.block.experts = experts
      return try reader.language()
    }
  }
}
