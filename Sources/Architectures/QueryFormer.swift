internal import Operators

/// A transformer whose learned queries read an encoder's tokens: the connector of BLIP-2, InstructBLIP and MiniGPT-4.
///
/// Post-norm layers of self-attention, in every `crossEvery`-th cross-attention to the encoder's tokens, and a
/// feed-forward block. Where it reads the instruction as well (InstructBLIP), the text takes part in self-attention and
/// has a feed-forward block of its own. However many tokens the encoder makes, it leaves `queries`.
package struct QueryFormer: Sendable, Hashable {
  /// Learned queries, which are the tokens of an image.
  package var queries: Int
  /// Layers.
  package var layers: Int
  /// Width of queries and text.
  package var width: Int
  /// Heads, of width / heads elements.
  package var heads: Int
  /// Inner width of the feed-forward blocks.
  package var feedForward: Int
  /// Cross-attention stands in layers 0, n, 2 n ...
  package var crossEvery: Int
  /// Width of the encoder's tokens.
  package var encoderWidth: Int
  /// Rows of the embedding of the text it reads, 0 if it reads none.
  package var vocabulary: Int
  /// Rows of the embedding of the text's positions.
  package var positions: Int

  /// A query former of the given sizes that reads no text; `crossEvery` says in which layers it reads the encoder's
  /// tokens.
  package init(
    queries: Int, layers: Int, width: Int, heads: Int, feedForward: Int, crossEvery: Int, encoderWidth: Int,
    vocabulary: Int = 0, positions: Int = 0
  ) {
    self.queries = queries
    self.layers = layers
    self.width = width
    self.heads = heads
    self.feedForward = feedForward
    self.crossEvery = crossEvery
    self.encoderWidth = encoderWidth
    self.vocabulary = vocabulary
    self.positions = positions
  }

  /// Whether it reads the instruction.
  package var readsText: Bool { vocabulary > 0 }

  private var crossLayers: Int { (layers + crossEvery - 1) / max(1, crossEvery) }

  /// All parameters; those of the text's parts too.
  var parameters: Parameters {
    // The instruction's embeddings are rows of tables, the queries are activations from the start.
    let tables = Double(vocabulary + (readsText ? positions : 0) + queries) * Double(width)
    return Parameters { append(images: 1, tokens: 1, text: 1, kernels: .fused, to: &$0) } + Parameters(plain: tables)
  }

  /// Adds the operators over `images` images of `tokens` tokens, each with an instruction of `text` tokens.
  // swift-format-ignore
  func append(images: Double, tokens: Double, text: Double, kernels: Accounting.Kernels, to list: inout OperatorList) {
    let text = readsText ? text : 0
    let width = Double(width)
    let queries = Double(queries)
    // The encoder's tokens wait for every layer's cross-attention, text and queries for what the others do alone.
    let context = images * tokens * Double(encoderWidth)
    let textElements = images * text * width
    let queryElements = images * queries * width
    let sizes = Sizes(former: self, images: images, kernels: kernels)
    if readsText {
      list.add(Operator(
        "former.embedding", vectorFLOPs: VectorWork.add * images * text * width,
        moving: Moves(tableWeights: images * (2 * text + queries) * width, activationsWritten: images * (text + queries) * width), holding: context))
    }
    list.add(.normalization("former.norm", .layer, rows: images * (queries + text), width: width, holding: context))
    list.repeats = layers
    sizes.appendAttention("former.self", rows: queries + text, keys: queries + text, keyWidth: width, isCross: false, others: context, to: &list)
    list.repeats = crossLayers
    sizes.appendAttention("former.cross", rows: queries, keys: tokens, keyWidth: Double(encoderWidth), isCross: true, others: textElements, to: &list)
    list.repeats = layers
    sizes.appendFeedForward("former.mlp", rows: queries, others: context + textElements, to: &list)
    if text > 0 { sizes.appendFeedForward("former.text_mlp", rows: text, others: context + queryElements, to: &list) }
    list.repeats = 1
  }

  /// The operators of one layer; their output norms add the residual first, with eager kernels in a step of its own.
  private struct Sizes {
    let former: QueryFormer
    let images: Double
    let kernels: Accounting.Kernels

    /// `others` counts what waits besides the tokens that attend and those that they attend to.
    // swift-format-ignore
    func appendAttention(_ part: StaticString, rows: Double, keys: Double, keyWidth: Double, isCross: Bool, others: Double, to list: inout OperatorList) {
      let width = Double(former.width)
      let queries = images * rows
      let shape = AttentionShape(heads: Double(former.heads), headWidth: width / Double(former.heads), masked: true)
      let residual = queries * width
      // In self-attention both are the same.
      let memory = isCross ? images * keys * keyWidth : 0
      let waiting = others + residual + (isCross ? residual : 0)
      list.add(matmul(Operator.Name(part, "query"), rows: queries, inner: width, columns: width, holding: others + memory))
      switch kernels {
      case .fused:
        list.add(matmul(Operator.Name(part, "key_value"), rows: images * keys, inner: keyWidth, columns: 2 * width, holding: waiting))
      case .eager:
        list.add(matmul(Operator.Name(part, "key"),   rows: images * keys, inner: keyWidth, columns: width, holding: waiting))
        list.add(matmul(Operator.Name(part, "value"), rows: images * keys, inner: keyWidth, columns: width, holding: waiting + images * keys * width))
      }
      let sums = AttentionSums(sequences: images, queries: rows, keys: keys)
      Operator.attention(part, shape, sums, kernels, holding: others + memory + residual, to: &list)
      list.add(matmul(Operator.Name(part, "output"), rows: queries, inner: width, columns: width, holding: others + memory + residual))
      appendNorm(part, rows: queries, holding: others + memory, to: &list)
    }

    /// `others` counts what waits besides the rows.
    // swift-format-ignore
    func appendFeedForward(_ part: StaticString, rows: Double, others: Double, to list: inout OperatorList) {
      let width = Double(former.width)
      let inner = Double(former.feedForward)
      let waiting = others + images * rows * width
      list.add(matmul(Operator.Name(part, "up"), rows: images * rows, inner: width, columns: inner, holding: others))
      list.add(.activation(Operator.Name(part, "activation"), .gelu, elements: images * rows * inner, holding: waiting))
      list.add(matmul(Operator.Name(part, "down"), rows: images * rows, inner: inner, columns: width, holding: waiting))
      appendNorm(part, rows: images * rows, holding: others, to: &list)
    }

    /// The norm of a step's result and its input.
    private func appendNorm(_ part: StaticString, rows: Double, holding: Double, to list: inout OperatorList) {
      let width = Double(former.width)
      let name = Operator.Name(part, "norm")
      switch kernels {
      case .fused:
        list.add(
          .normalization(name, .layer, rows: rows, width: width, adding: 1, keepsSum: false, holding: holding))
      case .eager:
        list.add(.sum(Operator.Name(part, "residual"), elements: rows * width, holding: holding))
        list.add(.normalization(name, .layer, rows: rows, width: width, holding: holding))
      }
    }

    private func matmul(
      _ name: Operator.Name, rows: Double, inner: Double, columns: Double, holding: Double
    ) -> Operator {
      .matmul(name, rows: rows, inner: inner, columns: columns, bias: true, quantized: false, holding: holding)
    }
  }
}
