package import Operators

/// One transformer layer: attention, then a feed-forward block, with norms and residual sums.
///
/// Decoders and vision encoders are stacks of it.
package struct TransformerBlock: Sendable, Hashable {
  /// How norms, attention, feed-forward block and residual sums follow each other.
  package enum Arrangement: String, Sendable, Hashable, CaseIterable {
    /// A norm before attention and one before the feed-forward block, each of which adds to the residual.
    case sequential
    /// One norm, whose output both attention and feed-forward block read; both are added to the residual (Phi).
    case parallel
    /// As parallel, with a norm of its own before the feed-forward block (Falcon 40B).
    case parallelNorms = "parallel_norms"
    /// As sequential, with a norm also after attention and after the feed-forward block (Gemma 2).
    case sandwiched
    /// Norms after attention and after the feed-forward block alone (OLMo-2).
    case postNormed = "post_normed"
    /// Norms of what the residual stream is after attention and after the feed-forward block, as in the first transformers
    /// (OPT-350M); what they leave is the residual stream.
    case normedSums = "normed_sums"

    /// Whether attention and feed-forward block read the same residual stream.
    var isParallel: Bool { self == .parallel || self == .parallelNorms }
    /// Whether norms stand before attention and feed-forward block.
    var normsBefore: Bool { self != .postNormed && self != .normedSums }
    /// Whether norms stand after attention and feed-forward block, before the sums.
    var normsAfter: Bool { self == .sandwiched || self == .postNormed }
  }

  /// Width of the residual stream.
  package var width: Int
  /// Heads of queries.
  package var heads: Int
  /// Heads of keys and values.
  package var kvHeads: Int
  /// Width of one head's queries and keys; not always `width / heads`.
  package var headWidth: Int
  /// Inner width of the feed-forward block, where it is not one of experts; 0 for none.
  package var feedForward: Int
  /// How the layer's inputs are normalised.
  package var norm: NormKind
  /// The non-linearity of the feed-forward block.
  package var activation: ActivationKind
  /// Learned numbers of that non-linearity (xIELU has two).
  package var activationParameters = 0
  /// Whether the feed-forward block has a gate (three matrices instead of two).
  package var gated: Bool
  /// Biases of the query, key and value products.
  package var qkvBias: Bool
  /// Bias of the attention's output product.
  package var attentionOutputBias: Bool
  /// Biases of the feed-forward block.
  package var feedForwardBias: Bool
  /// Elements of a head that are rotated by their position: none, all, or some (partial rotary embedding).
  package var rotaryWidth: Int
  /// Whether it is a decoder's: causal, with a key-value cache, its products subject to the weight format.
  package var isDecoder: Bool
  /// The order of the parts.
  package var arrangement = Arrangement.sequential
  /// How every head of queries and keys is normalised, if it is.
  package var queryKeyNorm: NormKind?
  /// Whether every head has weights of its own in that norm, or all heads are normalised at once (MiniMax-M2, OLMo-2).
  package var normsAllHeads = false
  /// How every head of values is normalised, if it is (Gemma 4).
  package var valueNorm: NormKind?
  /// Width of one head's values, where it is not that of its keys (MiMo-V2).
  package var ownValueWidth: Int?
  /// Whether values are made of the same product as keys (Gemma 4's global layers).
  package var sharesKeysAndValues = false
  /// Whether every head has a learned logit that takes part in the softmax (gpt-oss).
  package var hasSinks = false
  /// Whether the output of attention is multiplied by a gate that the query product makes besides (Qwen3-Next).
  package var gatesOutput = false
  /// The positions, itself included, that a token attends to at most; nil for all before it.
  package var window: Int?
  /// Whether tokens attend to those of their own chunk of `window` positions, no others (Llama 4).
  package var isChunked = false
  /// Whether scores pass c tanh(x / c).
  package var capsScores = false
  /// The projections of multi-head latent attention, in place of those of queries, keys and values.
  package var latent: LatentAttention?
  /// What chooses the positions that attention works on (DeepSeek-V3.2).
  package var indexer: SparseIndexer?
  /// Attention over a window and compressed entries, in place of that over keys and values of every position.
  package var compressed: CompressedAttention?
  /// The residual streams and how they are mixed, where there are several.
  package var streams: ResidualStreams?
  /// Whether the layer has attention; if not, it has a recurrence or a feed-forward block alone.
  package var hasAttention = true
  /// A recurrence over the sequence in place of attention or, where there is attention too, beside it.
  package var recurrence: Recurrence?
  /// The mixture of experts in place of the feed-forward block.
  package var experts: MixtureOfExperts?
  /// Elements of a learned gate by which what attention and feed-forward block add is multiplied, one for all channels
  /// (Flamingo) or one for each (InternViT's layer scale); 0 for none.
  package var gateWidth = 0

  /// The parts whose products are never quantised, as in the checkpoint.
  package var plainParts: LayerParts = []

  /// How its products are stored, where each is not one matrix.
  public var factors: ProductFactors?

  /// Over how many devices the layer is spread; its sizes are then those of one device's share.
  var parallelism = Parallelism()
  /// Heads of keys and values of all devices, where it is a share.
  var wholeKVHeads: Int?

  /// A decoder's layer with a gated feed-forward block and rotary positions, as LLaMA's.
  package static func decoder(
    width: Int, heads: Int, kvHeads: Int, headWidth: Int, feedForward: Int, norm: NormKind = .rms,
    activation: ActivationKind = .silu, qkvBias: Bool = false
  ) -> TransformerBlock {
    TransformerBlock(
      width: width, heads: heads, kvHeads: kvHeads, headWidth: headWidth, feedForward: feedForward, norm: norm,
      activation: activation, gated: true, qkvBias: qkvBias, attentionOutputBias: false, feedForwardBias: false,
      rotaryWidth: headWidth, isDecoder: true)
  }

  /// A vision encoder's layer with layer norms, biases everywhere and a plain feed-forward block, as CLIP's.
  package static func encoder(
    width: Int, heads: Int, headWidth: Int, feedForward: Int, activation: ActivationKind
  ) -> TransformerBlock {
    TransformerBlock(
      width: width, heads: heads, kvHeads: heads, headWidth: headWidth, feedForward: feedForward, norm: .layer,
      activation: activation, gated: false, qkvBias: true, attentionOutputBias: true, feedForwardBias: true,
      rotaryWidth: 0, isDecoder: false)
  }

  /// Width of one head's values.
  package var valueWidth: Int { latent?.valueWidth ?? ownValueWidth ?? headWidth }

  /// Lengths of a sequence from which on its tokens see no more.
  var reaches: [Int] {
    var reaches = [reach].compactMap { $0 }
    if let rate = compressed?.rate, let picked = compressed?.indexer?.positions {
      // Entries are counted by a fraction of the context, and those that a token sees from their last position on.
      reaches += [picked * rate + 1, picked * rate + rate]
    }
    return reaches
  }

  /// The positions that a token attends to at most, by a window or because an indexer picks them.
  var reach: Int? {
    guard let indexer else { return window }
    return min(window ?? .max, indexer.positions)
  }

  /// Whether the layer has a feed-forward block.
  var hasFeedForward: Bool { experts != nil || feedForward > 0 }

  /// Whether formulas for plain layers describe it: one feed-forward block after attention over keys of every head.
  var isPlain: Bool {
    experts == nil && latent == nil && arrangement == .sequential && hasAttention && recurrence == nil
      && hasFeedForward && !gatesOutput && !sharesKeysAndValues && factors == nil && compressed == nil && streams == nil
  }

  /// Heads, or what else of the layer devices share.
  var shares: Int { hasAttention ? heads : recurrence?.shares ?? max(feedForward, experts?.feedForward ?? 0) }

  /// Whether the layer mixes tokens, by attention, by a recurrence, or by both beside each other.
  var mixesTokens: Bool { hasAttention || recurrence != nil }

  /// Tensors that are added to the residual stream after the layer's last product, by the norm that follows where
  /// kernels are fused; none where a norm belongs to the sum already, or where streams are mixed.
  var pendingSums: Int {
    if !arrangement.normsBefore || streams != nil { return 0 }
    return arrangement.isParallel && mixesTokens && hasFeedForward ? 2 : hasFeedForward ? 1 : mixers
  }

  /// How many results of what mixes tokens are added to the residual stream: attention's and a recurrence's beside it.
  var mixers: Int { hasAttention && recurrence != nil ? 2 : 1 }

  /// Elements that one token leaves in the layer's cache: keys and values, or the latent and the shared rotated key, and
  /// the key of an indexer; of compressed attention the key that is the value too, and no entry.
  var cacheElementsPerToken: Double {
    guard hasAttention else { return 0 }
    if compressed != nil { return Double(headWidth) }
    let indexed = indexer.map { $0.isShared ? 0 : Double($0.headWidth) } ?? 0
    return indexed + (latent.map { Double($0.cacheWidth) } ?? Double(kvHeads) * Double(headWidth + valueWidth))
  }

  /// The operators of one layer of a decoder, other layers before it.
  package func layer(_ pass: Pass, kernels: Accounting.Kernels) -> [Operator] {
    let share = pass.ownShare(parallelism)
    return OperatorList.of {
      let shapes = BlockShapes(block: self, groups: pass.groups, own: share, kernels: kernels)
      shapes.appendAttention(layers: 1, isFirst: false, kernels, groups: pass.groups, own: share, to: &$0)
      shapes.appendFeedForward(layers: 1, kernels, to: &$0)
    }
  }

  /// The parameters of one layer: the weights of its table where so many rows pass it that they hit every expert.
  var parameters: Parameters {
    Parameters { BlockShapes(block: self, rows: 1e18).append(layers: 1, isFirst: true, kernels: .fused, to: &$0) }
  }
}
