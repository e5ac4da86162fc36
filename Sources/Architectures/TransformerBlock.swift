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

  /// Norms over the width of the residual stream.
  private var norms: Int {
    switch arrangement {
    case .sequential: 2
    case .parallel: 1
    case .sandwiched: 4
    }
  }

  /// Whether formulas for plain layers describe it: one feed-forward block after attention over keys of every head.
  var isPlain: Bool { experts == nil && latent == nil && arrangement == .sequential }

  /// Tensors that are added to the residual stream after the layer's last product.
  var pendingSums: Int { arrangement == .parallel ? 2 : 1 }

  /// Elements that one token leaves in the layer's cache: keys and values, or the latent and the shared rotated key.
  var cacheElementsPerToken: Double {
    latent.map { Double($0.cacheWidth) } ?? 2 * Double(kvHeads) * Double(headWidth)
  }

  /// The parameters of one layer.
  var parameters: [ParameterGroup] {
    let width = Double(width)
    let output = Double(heads) * Double(valueWidth)
    let normParameters = norm.parametersPerChannel * width * Double(norms)
    let headNorms = queryKeyNorm.map { 2 * $0.parametersPerChannel * Double(headWidth) } ?? 0
    let small = normParameters + headNorms + (attentionOutputBias ? width : 0)
    let groups = [
      ParameterGroup("layer matrices", output * width, quantized: isDecoder),
      ParameterGroup("layer norms and biases", small, quantized: false),
    ]
    return (groups + projectionParameters + feedForwardParameters).merged
  }

  /// Queries, keys and values, or what makes them of latents.
  private var projectionParameters: [ParameterGroup] {
    if let latent { return latent.parameters(width: width, heads: heads, headWidth: headWidth, bias: qkvBias) }
    let columns = (Double(heads) + 2 * Double(kvHeads)) * Double(headWidth)
    return [
      ParameterGroup("layer matrices", Double(width) * columns, quantized: isDecoder),
      ParameterGroup("layer norms and biases", qkvBias ? columns : 0, quantized: false),
    ]
  }

  private var feedForwardParameters: [ParameterGroup] {
    guard let experts else { return denseParameters(inner: feedForward) }
    let shared = experts.sharedWidth > 0 ? denseParameters(inner: experts.sharedWidth) : []
    return experts.parameters(width: width) + shared
  }

  /// A feed-forward block of so many inner channels.
  private func denseParameters(inner: Int) -> [ParameterGroup] {
    let inner = Double(inner)
    let width = Double(width)
    return [
      ParameterGroup("layer matrices", (gated ? 3 : 2) * width * inner, quantized: isDecoder),
      ParameterGroup(
        "layer norms and biases", feedForwardBias ? (gated ? 2 : 1) * inner + width : 0, quantized: false),
    ]
  }
}
