internal import Operators

/// A transformer whose learned queries read an encoder's tokens: the connector of BLIP-2, InstructBLIP and MiniGPT-4.
///
/// Post-norm layers of self-attention, in every `crossEvery`-th cross-attention to the encoder's tokens, and a
/// feed-forward block. Where it reads the instruction as well (InstructBLIP), the text takes part in self-attention and
/// has a feed-forward block of its own. However many tokens the encoder makes, it leaves `queries`.
public struct QueryFormer: Sendable, Hashable {
  /// Learned queries, which are the tokens of an image.
  public var queries: Int
  /// Layers.
  public var layers: Int
  /// Width of queries and text.
  public var width: Int
  /// Heads, of width / heads elements.
  public var heads: Int
  /// Inner width of the feed-forward blocks.
  public var feedForward: Int
  /// Cross-attention stands in layers 0, n, 2 n ...
  public var crossEvery: Int
  /// Width of the encoder's tokens.
  public var encoderWidth: Int
  /// Rows of the embedding of the text it reads, 0 if it reads none.
  public var vocabulary: Int
  /// Rows of the embedding of the text's positions.
  public var positions: Int

  /// Whether it reads the instruction.
  public var readsText: Bool { vocabulary > 0 }

  private var crossLayers: Int { (layers + crossEvery - 1) / max(1, crossEvery) }

  /// All parameters; those of the text's parts too.
  var parameters: ParameterGroup {
    let width = Double(width)
    let inner = Double(feedForward)
    let norm = 2 * width
    let output = (width + 1) * width + norm
    let selfAttention = 3 * (width + 1) * width + output
    let crossAttention = (width + 1) * width + 2 * (Double(encoderWidth) + 1) * width + output
    let block = (width + 1) * inner + (inner + 1) * width + norm
    let layer = selfAttention + (readsText ? 2 : 1) * block
    let embeddings = Double(vocabulary + (readsText ? positions : 0)) * width
    let all =
      Double(layers) * layer + Double(crossLayers) * crossAttention + embeddings + Double(queries) * width + norm
    return ParameterGroup("query former", all, quantized: false)
  }

  /// The operators over `images` images of `tokens` tokens, each with an instruction of `text` tokens.
  // swift-format-ignore
  func operators(images: Double, tokens: Double, text: Double, kernels: Kernels) -> [Operator] {
    let text = readsText ? text : 0
    let width = Double(width)
    let queries = Double(queries)
    let sizes = Sizes(former: self, images: images, kernels: kernels)
    let embedding: [Operator] = readsText
      ? [Operator(
        "former.embedding", vectorFLOPs: VectorWork.add * images * text * width,
        operands: [.weights(images * (2 * text + queries) * width), .writes(images * (text + queries) * width)])]
      : []
    return embedding
    + [.normalization("former.norm", .layer, rows: images * (queries + text), width: width)]
    + sizes.attention("former.self", rows: queries + text, keys: queries + text, keyWidth: width).map { $0.repeated(layers) }
    + sizes.attention("former.cross", rows: queries, keys: tokens, keyWidth: Double(encoderWidth)).map { $0.repeated(crossLayers) }
    + sizes.feedForward("former.mlp", rows: queries).map { $0.repeated(layers) }
    + (text > 0 ? sizes.feedForward("former.text_mlp", rows: text).map { $0.repeated(layers) } : [])
  }

  /// The operators of one layer; their output norms add the residual first, with eager kernels in a step of its own.
  private struct Sizes {
    let former: QueryFormer
    let images: Double
    let kernels: Kernels

    // swift-format-ignore
    func attention(_ name: String, rows: Double, keys: Double, keyWidth: Double) -> [Operator] {
      let width = Double(former.width)
      let queries = images * rows
      let shape = CrossAttentionShape(
        batch: images, queryTokens: rows, keyTokens: keys, heads: Double(former.heads), headWidth: width / Double(former.heads), masked: true)
      return [matmul("\(name).query", rows: queries, inner: width, columns: width)]
      + (kernels == .fused
        ? [matmul("\(name).key_value", rows: images * keys, inner: keyWidth, columns: 2 * width)]
        : [
          matmul("\(name).key",   rows: images * keys, inner: keyWidth, columns: width),
          matmul("\(name).value", rows: images * keys, inner: keyWidth, columns: width),
        ])
      + Operator.crossAttention(name, shape, kernels)
      + [matmul("\(name).output", rows: queries, inner: width, columns: width)]
      + norm(name, rows: queries)
    }

    // swift-format-ignore
    func feedForward(_ name: String, rows: Double) -> [Operator] {
      let width = Double(former.width)
      let inner = Double(former.feedForward)
      return [
        matmul("\(name).up",   rows: images * rows, inner: width, columns: inner),
        .activation("\(name).activation", .gelu, elements: images * rows * inner),
        matmul("\(name).down", rows: images * rows, inner: inner, columns: width),
      ]
      + norm(name, rows: images * rows)
    }

    /// The norm of a step's result and its input.
    private func norm(_ name: String, rows: Double) -> [Operator] {
      let width = Double(former.width)
      return switch kernels {
      case .fused: [.postNormalization("\(name).norm", .layer, rows: rows, width: width)]
      case .eager:
        [
          .sum("\(name).residual", elements: rows * width),
          .normalization("\(name).norm", .layer, rows: rows, width: width),
        ]
      }
    }

    func matmul(_ name: String, rows: Double, inner: Double, columns: Double) -> Operator {
      .matmul(name, rows: rows, inner: inner, columns: columns, bias: true, quantized: false)
    }
  }
}
