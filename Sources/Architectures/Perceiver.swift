package import Operators

/// A perceiver resampler: learned latents that read an encoder's tokens and themselves, the connector of Flamingo and
/// IDEFICS.
///
/// Layers of cross-attention, whose keys are those of tokens and latents, and a feed-forward block with ReLU or a gate; no
/// biases but those of the norms. However many tokens the encoder makes, it leaves `latents` of the same width. Source:
/// IdeficsPerceiverResampler and Idefics2PerceiverResampler in transformers 5.24.0.
package struct Perceiver: Sendable, Hashable {
  /// Learned latents, which are the tokens of an image.
  package var latents: Int
  /// Layers.
  package var layers: Int
  /// Width of tokens and latents.
  package var width: Int
  /// Heads.
  package var heads: Int
  /// Heads of keys and values.
  package var kvHeads: Int
  /// Width of one head; heads x head width need not be the width.
  package var headWidth: Int
  /// Inner width of the feed-forward blocks.
  package var feedForward: Int
  /// Whether every head of queries and keys is normalised.
  package var normsQueriesAndKeys: Bool
  /// How tokens and latents are normalised.
  package var norm = NormKind.layer
  /// The non-linearity of the feed-forward blocks, and whether they have a gate.
  package var activation = ActivationKind.relu
  package var gated = false

  /// A perceiver of the given sizes, its feed-forward blocks four times as wide.
  package init(latents: Int, layers: Int, width: Int, heads: Int, headWidth: Int, normsQueriesAndKeys: Bool = false) {
    self.latents = latents
    self.layers = layers
    self.width = width
    self.heads = heads
    kvHeads = heads
    self.headWidth = headWidth
    feedForward = 4 * width
    self.normsQueriesAndKeys = normsQueriesAndKeys
  }

  private var innerWidth: Double { Double(heads) * Double(headWidth) }
  private var keyWidth: Double { Double(kvHeads) * Double(headWidth) }

  /// All parameters.
  var parameters: Parameters { Parameters { append(images: 1, tokens: 1, kernels: .fused, to: &$0) } }

  /// Adds the operators over `images` images of `tokens` tokens.
  func append(images: Double, tokens: Double, kernels: Accounting.Kernels, to list: inout OperatorList) {
    let latents = images * Double(latents)
    let width = Double(width)
    let context = images * tokens * width
    list.add(
      Operator(
        "perceiver.latents", moving: Moves(weights: Double(self.latents) * width, activationsWritten: latents * width),
        holding: context))
    list.repeats = layers
    appendAttention(images: images, tokens: tokens, kernels, to: &list)
    appendFeedForward(rows: latents, context: context, kernels, to: &list)
    list.repeats = 1
    list.add(
      .normalization("perceiver.norm", norm, rows: latents, width: width, adding: kernels == .fused ? 1 : 0))
  }

  // swift-format-ignore
  private func appendAttention(images: Double, tokens: Double, _ kernels: Accounting.Kernels, to list: inout OperatorList) {
    let width = Double(width)
    let rows = images * Double(latents)
    let keys = images * (tokens + Double(latents))
    let residual = rows * width
    // The encoder's tokens wait for the next layer, too.
    let context = images * tokens * width
    let waiting = residual + context
    let queryElements = rows * innerWidth
    let keyElements = keys * keyWidth
    func matmul(_ leaf: StaticString, rows: Double, columns: Double, holding: Double) -> Operator {
      .matmul(Operator.Name("perceiver", leaf), rows: rows, inner: width, columns: columns, quantized: false, holding: holding)
    }
    func latentsNorm(adding sums: Int) -> Operator {
      .normalization("perceiver.latents_norm", norm, rows: rows, width: width, adding: sums, holding: 2 * context)
    }
    list.add(.normalization("perceiver.context_norm", norm, rows: images * tokens, width: width, holding: residual))
    // With fused kernels the norm of the latents adds what the layer before leaves, which the first does not have.
    list.add(latentsNorm(adding: 0), times: 1)
    list.add(latentsNorm(adding: kernels == .eager ? 0 : 1), times: layers - 1)
    list.add(matmul("query", rows: rows, columns: innerWidth, holding: waiting + context))
    switch kernels {
    case .fused:
      list.add(matmul("key_value", rows: keys, columns: 2 * keyWidth, holding: waiting + queryElements))
    case .eager:
      list.add(Operator("perceiver.concatenation", reading: keys * width, writing: keys * width, holding: waiting + queryElements))
      list.add(matmul("key",   rows: keys, columns: keyWidth, holding: waiting + queryElements))
      list.add(matmul("value", rows: keys, columns: keyWidth, holding: waiting + queryElements + keyElements))
    }
    if normsQueriesAndKeys {
      list.add(.normalization("perceiver.query_norm", norm, rows: rows * Double(heads), width: Double(headWidth), holding: waiting + 2 * keyElements))
      list.add(.normalization("perceiver.key_norm",   norm, rows: keys * Double(kvHeads), width: Double(headWidth), holding: waiting + queryElements + keyElements))
    }
    let shape = AttentionShape(heads: Double(heads), kvHeads: Double(kvHeads), headWidth: Double(headWidth))
    let sums = AttentionSums(sequences: images, queries: Double(latents), keys: tokens + Double(latents))
    Operator.attention("perceiver", shape, sums, kernels, holding: waiting, to: &list)
    list.add(.matmul("perceiver.output", rows: rows, inner: innerWidth, columns: width, quantized: false, holding: waiting))
    if kernels == .eager { list.add(.sum("perceiver.residual", elements: residual, holding: context)) }
  }

  // swift-format-ignore
  private func appendFeedForward(rows: Double, context: Double, _ kernels: Accounting.Kernels, to list: inout OperatorList) {
    let width = Double(width)
    let inner = Double(feedForward)
    let residual = rows * width
    let waiting = residual + context
    list.add(.normalization("perceiver.mlp_norm", norm, rows: rows, width: width, adding: kernels == .fused ? 1 : 0, holding: context))
    func widen(_ name: Operator.Name, columns: Double, holding: Double = 0) -> Operator {
      .matmul(name, rows: rows, inner: width, columns: columns, quantized: false, holding: waiting + holding)
    }
    switch (gated, kernels) {
    case (true, .fused):
      list.add(widen("perceiver.gate_up", columns: 2 * inner))
      list.add(.gatedActivation("perceiver.activation", activation, elements: rows * inner, holding: waiting))
    case (true, .eager):
      list.add(widen("perceiver.gate", columns: inner))
      list.add(widen("perceiver.up", columns: inner, holding: rows * inner))
      list.add(.activation("perceiver.activation", activation, elements: rows * inner, holding: waiting + rows * inner))
      list.add(.product("perceiver.product", elements: rows * inner, holding: waiting))
    case (false, _):
      list.add(widen("perceiver.up", columns: inner))
      list.add(.activation("perceiver.activation", activation, elements: rows * inner, holding: waiting))
    }
    list.add(.matmul("perceiver.down", rows: rows, inner: inner, columns: width, quantized: false, holding: waiting))
    if kernels == .eager { list.add(.sum("perceiver.mlp_residual", elements: residual, holding: context)) }
  }
}
