internal import Operators

/// A resampler of one layer: learned queries on a grid attend to an encoder's tokens, the connector of Qwen-VL.
///
/// The tokens are projected to the language model's width and normalised; positions are added to queries and keys;
/// attention with biases; a norm. However many tokens the encoder makes, it leaves `queries`. The product after it is
/// the connector's. Source: `Resampler` and `VisionTransformer` in visual.py of huggingface.co/Qwen/Qwen-VL.
public struct Resampler: Sendable, Hashable {
  /// Learned queries, which are the tokens of an image.
  public var queries: Int
  /// Width of the queries.
  public var width: Int
  /// Heads, of width / heads elements.
  public var heads: Int
  /// Width of the encoder's tokens.
  public var encoderWidth: Int

  /// Whether the encoder's tokens are projected, which they are not where the widths are equal.
  private var projects: Bool { encoderWidth != width }

  /// All parameters, the fixed positions of the queries among them, as they are stored.
  var parameters: ParameterGroup {
    let width = Double(width)
    let learned = 2 * Double(queries) * width
    let projection = projects ? Double(encoderWidth) * width : 0
    let attention = 4 * (width + 1) * width
    let norms = 3 * NormKind.layer.parametersPerChannel * width
    return ParameterGroup("resampler", learned + projection + attention + norms, quantized: false)
  }

  /// The operators over `images` images of `tokens` tokens.
  // swift-format-ignore
  func operators(images: Double, tokens: Double, kernels: Kernels) -> [Operator] {
    let width = Double(width)
    let rows = images * Double(queries)
    let keys = images * tokens
    func matmul(_ name: String, rows: Double, holding: Double = 0) -> Operator {
      .matmul("resampler.\(name)", rows: rows, inner: width, columns: width, bias: true, quantized: false, holding: holding)
    }
    let shape = CrossAttentionShape(batch: images, queryTokens: Double(queries), keyTokens: tokens, heads: Double(heads), headWidth: width / Double(heads))
    return (projects ? [.matmul("resampler.projection", rows: keys, inner: Double(encoderWidth), columns: width, quantized: false)] : [])
    + [
      .normalization("resampler.norm", .layer, rows: keys, width: width),
      .normalization("resampler.query_norm", .layer, rows: Double(queries), width: width, holding: keys * width),
      Operator("resampler.query_position", vectorFLOPs: VectorWork.add * rows * width, operands: [.weights(Double(queries) * width), .reads(Double(queries) * width), .writes(rows * width)], holding: keys * width),
      Operator("resampler.key_position", vectorFLOPs: VectorWork.add * keys * width, operands: [.weights(tokens * width), .reads(keys * width), .writes(keys * width)], holding: rows * width + keys * width),
      matmul("query", rows: rows, holding: 2 * keys * width),
      matmul("key",   rows: keys, holding: rows * width + keys * width),
      matmul("value", rows: keys, holding: rows * width + keys * width),
    ]
    + Operator.crossAttention("resampler", shape, kernels)
    + [
      matmul("output", rows: rows),
      .normalization("resampler.post_norm", .layer, rows: rows, width: width),
    ]
  }
}
