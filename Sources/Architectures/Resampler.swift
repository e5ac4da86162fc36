internal import Operators

/// A resampler of one layer: learned queries on a grid attend to an encoder's tokens, the connector of Qwen-VL.
///
/// The tokens are projected to the language model's width and normalised; positions are added to queries and keys;
/// attention with biases; a norm. However many tokens the encoder makes, it leaves `queries`. The product after it is
/// the connector's. Source: `Resampler` and `VisionTransformer` in visual.py of huggingface.co/Qwen/Qwen-VL.
package struct Resampler: Sendable, Hashable {
  /// Learned queries, which are the tokens of an image.
  package var queries: Int
  /// Width of the queries.
  package var width: Int
  /// Heads, of width / heads elements.
  package var heads: Int
  /// Width of the encoder's tokens.
  package var encoderWidth: Int
  /// Whether the fixed positions of the queries are stored among the weights.
  package var storesPositions = true

  /// A resampler of the given sizes.
  package init(queries: Int, width: Int, heads: Int, encoderWidth: Int) {
    (self.queries, self.width, self.heads, self.encoderWidth) = (queries, width, heads, encoderWidth)
  }

  /// Whether the encoder's tokens are projected, which they are not where the widths are equal.
  private var projects: Bool { encoderWidth != width }

  /// All parameters, the fixed positions of the queries among them, as they are stored.
  var parameters: Parameters { Parameters { append(images: 1, tokens: 1, kernels: .fused, to: &$0) } }

  /// Adds the operators over `images` images of `tokens` tokens.
  // swift-format-ignore
  func append(images: Double, tokens: Double, kernels: Accounting.Kernels, to list: inout OperatorList) {
    let width = Double(width)
    let learned = Double(queries) * width
    let rows = images * Double(queries)
    let keys = images * tokens
    func matmul(_ leaf: StaticString, rows: Double, holding: Double = 0) -> Operator {
      .matmul(Operator.Name("resampler", leaf), rows: rows, inner: width, columns: width, bias: true, quantized: false, holding: holding)
    }
    if projects {
      list.add(.matmul("resampler.projection", rows: keys, inner: Double(encoderWidth), columns: width, quantized: false))
    }
    list.add(.normalization("resampler.norm", .layer, rows: keys, width: width))
    // Once for all images: it reads the learned queries as the weights that they are.
    var queryNorm = Operator.normalization("resampler.query_norm", .layer, rows: Double(queries), width: width, holding: keys * width)
    queryNorm.moves.activationsRead -= learned
    queryNorm.moves.weights += learned
    list.add(queryNorm)
    list.add(Operator("resampler.query_position", vectorFLOPs: VectorWork.add * rows * width, moving: Moves(weights: storesPositions ? learned : 0, tableWeights: storesPositions ? 0 : learned, activationsRead: learned, activationsWritten: rows * width), holding: keys * width))
    // The positions of the keys are those of the queries, stretched to the encoder's grid beforehand.
    list.add(Operator("resampler.key_position", vectorFLOPs: VectorWork.add * keys * width, moving: Moves(tableWeights: tokens * width, activationsRead: keys * width, activationsWritten: keys * width), holding: rows * width))
    list.add(matmul("query", rows: rows, holding: 2 * keys * width))
    list.add(matmul("key",   rows: keys, holding: rows * width + keys * width))
    list.add(matmul("value", rows: keys, holding: rows * width + keys * width))
    let shape = AttentionShape(heads: Double(heads), headWidth: width / Double(heads))
    Operator.attention("resampler", shape, AttentionSums(sequences: images, queries: Double(queries), keys: tokens), kernels, to: &list)
    list.add(matmul("output", rows: rows))
    list.add(.normalization("resampler.post_norm", .layer, rows: rows, width: width))
  }
}
