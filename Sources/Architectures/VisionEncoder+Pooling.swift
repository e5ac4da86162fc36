internal import Operators

extension VisionEncoder {
  /// The head of SigLIP: a learned query attends to all tokens, then a norm and a feed-forward block of the layers' sizes.
  ///
  /// Attention: input products of 3 w^2, output of w^2, all with biases; a query of w; norm; feed-forward block.
  var poolingParameters: ParameterGroup {
    let width = Double(block.width)
    let inner = Double(block.feedForward)
    let attention = 4 * (width + 1) * width
    let feedForward = 2 * width * inner + inner + width
    let norm = block.norm.parametersPerChannel * width
    return ParameterGroup("pooling head", width + attention + norm + feedForward, quantized: false)
  }

  /// The work of that head over `rows` tokens of so many images in all.
  // swift-format-ignore
  func poolingOperators(images count: Double, rows: Double, _ kernels: Kernels) -> [Operator] {
    let width = Double(block.width)
    let inner = Double(block.feedForward)
    let shape = CrossAttentionShape(
      batch: count, queryTokens: 1, keyTokens: rows / max(1, count), heads: Double(block.heads), headWidth: width / Double(block.heads))
    func matmul(_ name: String, rows: Double, inner: Double, columns: Double) -> Operator {
      .matmul("pooling.\(name)", rows: rows, inner: inner, columns: columns, bias: true, quantized: false)
    }
    return [
      matmul("query",     rows: count, inner: width, columns: width),
    ]
    + (kernels == .fused
      ? [matmul("key_value", rows: rows, inner: width, columns: 2 * width)]
      : [matmul("key", rows: rows, inner: width, columns: width), matmul("value", rows: rows, inner: width, columns: width)])
    + Operator.crossAttention("pooling.attention", shape, kernels)
    + [
      matmul("output",    rows: count, inner: width, columns: width),
      .normalization("pooling.norm", block.norm, rows: count, width: width),
      matmul("up",        rows: count, inner: width, columns: inner),
      .activation("pooling.activation", block.activation, elements: count * inner),
      matmul("down",      rows: count, inner: inner, columns: width),
      .sum("pooling.residual", elements: count * width),
    ]
  }
}
