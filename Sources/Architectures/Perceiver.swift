internal import Operators

/// A perceiver resampler: learned latents that read an encoder's tokens and themselves, the connector of Flamingo and
/// IDEFICS.
///
/// Layers of cross-attention, whose keys are those of tokens and latents, and a feed-forward block with ReLU; no biases
/// but those of the norms. However many tokens the encoder makes, it leaves `latents` of the same width. Source:
/// IdeficsPerceiverResampler in transformers 5.23.0.
public struct Perceiver: Sendable, Hashable {
  /// Learned latents, which are the tokens of an image.
  public var latents: Int
  /// Layers.
  public var layers: Int
  /// Width of tokens and latents.
  public var width: Int
  /// Heads.
  public var heads: Int
  /// Width of one head; heads x head width need not be the width.
  public var headWidth: Int
  /// Inner width of the feed-forward blocks.
  public var feedForward: Int
  /// Whether every head of queries and keys is normalised.
  public var normsQueriesAndKeys: Bool

  private var innerWidth: Double { Double(heads) * Double(headWidth) }

  /// All parameters.
  var parameters: ParameterGroup {
    let width = Double(width)
    let norm = NormKind.layer.parametersPerChannel
    let headNorms = normsQueriesAndKeys ? 2 * norm * Double(headWidth) : 0
    let attention = 4 * width * innerWidth + 2 * norm * width + headNorms
    let layer = attention + 2 * width * Double(feedForward) + norm * width
    return ParameterGroup(
      "perceiver", Double(layers) * layer + Double(latents) * width + norm * width, quantized: false)
  }

  /// The operators over `images` images of `tokens` tokens.
  func operators(images: Double, tokens: Double, kernels: Kernels) -> [Operator] {
    let latents = images * Double(latents)
    let width = Double(width)
    let expansion = Operator(
      "perceiver.latents", operands: [.weights(Double(self.latents) * width), .writes(latents * width)])
    // With fused kernels the norm of the latents adds what the layer before leaves, which the first does not have.
    func layer(isFirst: Bool) -> [Operator] {
      attention(images: images, tokens: tokens, adding: isFirst || kernels == .eager ? 0 : 1, kernels)
        + feedForward(rows: latents, context: images * tokens * width, kernels)
    }
    var stack: [Operator] = []
    stack.merge(layer(isFirst: true), count: 1)
    stack.merge(layer(isFirst: false), count: layers - 1)
    return [expansion] + stack
      + [
        .normalization(
          "perceiver.norm", .layer, rows: latents, width: width, adding: kernels == .fused ? 1 : 0)
      ]
  }

  // swift-format-ignore
  private func attention(images: Double, tokens: Double, adding sums: Int, _ kernels: Kernels) -> [Operator] {
    let width = Double(width)
    let rows = images * Double(latents)
    let keys = images * (tokens + Double(latents))
    let residual = rows * width
    // The encoder's tokens wait for the next layer, too.
    let context = images * tokens * width
    let waiting = residual + context
    func matmul(_ name: String, rows: Double, columns: Double, holding: Double) -> Operator {
      .matmul("perceiver.\(name)", rows: rows, inner: width, columns: columns, quantized: false, holding: holding)
    }
    let shape = CrossAttentionShape(batch: images, queryTokens: Double(latents), keyTokens: tokens + Double(latents), heads: Double(heads), headWidth: Double(headWidth))
    let queries = shape.queries
    let gathered = keys * width
    let projections: [Operator] = switch kernels {
      case .fused: [
        matmul("query",     rows: rows, columns: innerWidth,     holding: waiting + gathered),
        matmul("key_value", rows: keys, columns: 2 * innerWidth, holding: waiting + queries),
      ]
      case .eager: [
        matmul("query",     rows: rows, columns: innerWidth,     holding: waiting + gathered),
        .gather("perceiver.concatenation", reading: [.reads(gathered)], writing: gathered, holding: waiting + queries),
        matmul("key",       rows: keys, columns: innerWidth,     holding: waiting + queries),
        matmul("value",     rows: keys, columns: innerWidth,     holding: waiting + queries + shape.keys),
      ]
    }
    let headNorms: [Operator] = normsQueriesAndKeys
      ? [
        .normalization("perceiver.query_norm", .layer, rows: rows * Double(heads), width: Double(headWidth), holding: waiting + 2 * shape.keys),
        .normalization("perceiver.key_norm",   .layer, rows: keys * Double(heads), width: Double(headWidth), holding: waiting + queries + shape.keys),
      ]
      : []
    return [
      .normalization("perceiver.context_norm", .layer, rows: images * tokens, width: width, holding: residual),
      .normalization("perceiver.latents_norm", .layer, rows: rows, width: width, adding: sums, holding: 2 * context),
    ]
    + projections + headNorms
    + Operator.crossAttention("perceiver", shape, kernels, holding: waiting)
    + [.matmul("perceiver.output", rows: rows, inner: innerWidth, columns: width, quantized: false, holding: waiting)]
    + (kernels == .eager ? [.sum("perceiver.residual", elements: residual, holding: context)] : [])
  }

  // swift-format-ignore
  private func feedForward(rows: Double, context: Double, _ kernels: Kernels) -> [Operator] {
    let width = Double(width)
    let inner = Double(feedForward)
    let residual = rows * width
    let waiting = residual + context
    return [
      .normalization("perceiver.mlp_norm", .layer, rows: rows, width: width, adding: kernels == .fused ? 1 : 0, holding: context),
      .matmul("perceiver.up",   rows: rows, inner: width, columns: inner, quantized: false, holding: waiting),
      .activation("perceiver.activation", .relu, elements: rows * inner, holding: waiting),
      .matmul("perceiver.down", rows: rows, inner: inner, columns: width, quantized: false, holding: waiting),
    ]
    + (kernels == .eager ? [.sum("perceiver.mlp_residual", elements: residual, holding: context)] : [])
  }
}
