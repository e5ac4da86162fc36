public import Operators

/// One transformer layer: attention, then a feed-forward block, with norms and residual sums.
///
/// Decoders and vision encoders are stacks of it.
public struct TransformerBlock: Sendable, Hashable {
  /// How norms, attention, feed-forward block and residual sums follow each other.
  public enum Arrangement: String, Sendable, Hashable, CaseIterable {
    /// A norm before attention and one before the feed-forward block, each of which adds to the residual.
    case sequential
    /// One norm, whose output both attention and feed-forward block read; both are added to the residual (Phi).
    case parallel
    /// As sequential, with a norm also after attention and after the feed-forward block (Gemma 2).
    case sandwiched
  }

  /// Width of the residual stream.
  public var width: Int
  /// Heads of queries.
  public var heads: Int
  /// Heads of keys and values.
  public var kvHeads: Int
  /// Width of one head's queries and keys; not always `width / heads`.
  public var headWidth: Int
  /// Inner width of the feed-forward block, where it is not one of experts.
  public var feedForward: Int
  /// How the layer's inputs are normalised.
  public var norm: NormKind
  /// The non-linearity of the feed-forward block.
  public var activation: ActivationKind
  /// Whether the feed-forward block has a gate (three matrices instead of two).
  public var gated: Bool
  /// Biases of the query, key and value products.
  public var qkvBias: Bool
  /// Bias of the attention's output product.
  public var attentionOutputBias: Bool
  /// Biases of the feed-forward block.
  public var feedForwardBias: Bool
  /// Elements of a head that are rotated by their position: none, all, or some (partial rotary embedding).
  public var rotaryWidth: Int
  /// Whether it is a decoder's: causal, with a key-value cache, its products subject to the weight format.
  public var isDecoder: Bool
  /// The order of the parts.
  public var arrangement = Arrangement.sequential
  /// How every head of queries and keys is normalised, if it is.
  public var queryKeyNorm: NormKind?
  /// The positions, itself included, that a token attends to at most; nil for all before it.
  public var window: Int?
  /// Whether scores pass c tanh(x / c).
  public var capsScores = false
  /// The projections of multi-head latent attention, in place of those of queries, keys and values.
  public var latent: LatentAttention?
  /// The mixture of experts in place of the feed-forward block.
  public var experts: MixtureOfExperts?

  /// Over how many devices the layer is spread; its sizes are then those of one device's share.
  var parallelism = Parallelism()

  /// A decoder's layer with a gated feed-forward block and rotary positions, as LLaMA's.
  public static func decoder(
    width: Int, heads: Int, kvHeads: Int, headWidth: Int, feedForward: Int, norm: NormKind = .rms,
    activation: ActivationKind = .silu, qkvBias: Bool = false
  ) -> TransformerBlock {
    TransformerBlock(
      width: width, heads: heads, kvHeads: kvHeads, headWidth: headWidth, feedForward: feedForward, norm: norm,
      activation: activation, gated: true, qkvBias: qkvBias, attentionOutputBias: false, feedForwardBias: false,
      rotaryWidth: headWidth, isDecoder: true)
  }

  /// A vision encoder's layer with layer norms, biases everywhere and a plain feed-forward block, as CLIP's.
  public static func encoder(
    width: Int, heads: Int, headWidth: Int, feedForward: Int, activation: ActivationKind
  ) -> TransformerBlock {
    TransformerBlock(
      width: width, heads: heads, kvHeads: heads, headWidth: headWidth, feedForward: feedForward, norm: .layer,
      activation: activation, gated: false, qkvBias: true, attentionOutputBias: true, feedForwardBias: true,
      rotaryWidth: 0, isDecoder: false)
  }

  /// Width of one head's values.
  var valueWidth: Int { latent?.valueWidth ?? headWidth }

  /// Whether formulas for plain layers describe it: one feed-forward block after attention over keys of every head.
  var isPlain: Bool { experts == nil && latent == nil && arrangement == .sequential }

  /// Tensors that are added to the residual stream after the layer's last product.
  var pendingSums: Int { arrangement == .parallel ? 2 : 1 }

  /// Elements that one token leaves in the layer's cache: keys and values, or the latent and the shared rotated key.
  var cacheElementsPerToken: Double {
    latent.map { Double($0.cacheWidth) } ?? 2 * Double(kvHeads) * Double(headWidth)
  }

  /// Elements that the groups of a pass have in the layer's cache behind it. A sliding window keeps no more tokens than
  /// that.
  func cacheElements(after groups: [Pass.Group]) -> Double {
    groups.rows { min($0.context + $0.newTokens, window ?? .max) } * cacheElementsPerToken
  }

  /// The operators of one layer of a decoder, other layers before it.
  package func layer(_ pass: Pass, kernels: Kernels) -> [Operator] {
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
