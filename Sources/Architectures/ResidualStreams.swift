internal import Operators

/// Several residual streams that every part of a layer reads mixed and writes back mixed (manifold-constrained
/// hyper-connections, DeepSeek-V4).
///
/// Before attention and before the feed-forward block all streams, normalised together, make N weights to read them, N to
/// write the part's output and N x N to mix them, these made doubly stochastic by dividing rows and columns in turn. Source:
/// DeepseekV4HyperConnection in modeling_deepseek_v4.py of transformers 5.24.0.
package struct ResidualStreams: Sendable, Hashable {
  /// How many there are.
  package var count: Int
  /// Divisions of rows and columns.
  package var iterations: Int

  /// So many streams.
  package init(count: Int, iterations: Int) { (self.count, self.iterations) = (count, iterations) }

  /// Numbers that a token's streams make in a layer's part.
  private var weights: Double { Double(count) * Double(count + 2) }

  /// Adds what makes the part's input of the streams of so many rows.
  func appendReading(_ part: StaticString, rows: Double, width: Double, to list: inout OperatorList) {
    let all = Double(count) * width
    appendWeights(part, rows: rows, width: width, columns: weights, factors: 3, to: &list)
    // Of rows and of columns a sum and a division of every number.
    let mixing = Double(2 * iterations) * 2 * Double(count * count)
    list.add(
      Operator(
        Operator.Name(part, "stream_mix"), vectorFLOPs: rows * (mixing + VectorWork.sigmoid * weights),
        reading: rows * weights, writing: rows * weights, holding: rows * all))
    list.add(
      Operator(
        Operator.Name(part, "stream_input"), vectorFLOPs: 2 * rows * all, reading: rows * (all + Double(count)),
        writing: rows * width, holding: rows * weights))
  }

  /// Adds what mixes the streams and adds the part's output to each.
  func appendWriting(_ part: StaticString, rows: Double, width: Double, to list: inout OperatorList) {
    let all = Double(count) * width
    list.add(
      Operator(
        Operator.Name(part, "stream_output"), flops: 2 * Double(count) * rows * all, vectorFLOPs: 2 * rows * all,
        reading: rows * (all + width + weights), writing: rows * all))
  }

  /// Adds what makes the streams of embeddings.
  func appendStart(rows: Double, width: Double, to list: inout OperatorList) {
    list.add(Operator("embedding.streams", reading: rows * width, writing: rows * Double(count) * width))
  }

  /// Adds what makes one stream of all behind the last layer.
  func appendEnd(rows: Double, width: Double, to list: inout OperatorList) {
    let all = Double(count) * width
    appendWeights("head", rows: rows, width: width, columns: Double(count), factors: 1, to: &list)
    list.add(
      Operator(
        "head.stream_input", vectorFLOPs: rows * (2 * all + VectorWork.sigmoid * Double(count)),
        reading: rows * (all + Double(count)), writing: rows * width))
  }

  /// A norm without weights over all streams and a product with a matrix that is never quantised, a bias and factors.
  private func appendWeights(
    _ part: StaticString, rows: Double, width: Double, columns: Double, factors: Double, to list: inout OperatorList
  ) {
    let all = Double(count) * width
    list.add(
      .normalization(
        Operator.Name(part, "stream_norm"), .rmsWithoutWeight, rows: rows, width: all, holding: rows * all))
    var product = Operator.matmul(
      Operator.Name(part, "stream_weights"), rows: rows, inner: all, columns: columns, bias: true, quantized: false,
      holding: rows * all)
    product.moves.weights += factors
    list.add(product)
  }
}
