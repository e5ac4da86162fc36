public import Operators

/// One pre-norm transformer layer: attention, then a feed-forward block, each with norm and residual.
///
/// Decoders and vision encoders are stacks of it.
public struct TransformerBlock: Sendable, Hashable {
  /// Width of the hidden state.
  public var width: Int
  /// Heads of the queries.
  public var heads: Int
  /// Heads of keys and values.
  public var kvHeads: Int
  /// Width of one head; not always `width / heads`.
  public var headWidth: Int
  /// Width of the feed-forward block.
  public var feedForward: Int
  /// The norm before attention and feed-forward block.
  public var norm: NormKind
  /// The non-linearity of the feed-forward block.
  public var activation: ActivationKind
  /// Whether the feed-forward block has a gate (three matrices instead of two).
  public var gated: Bool
  /// Biases of the query, key and value products.
  public var qkvBias: Bool
  /// Biases of the attention's output product and of the feed-forward block.
  public var outputBias: Bool
  /// Whether queries and keys are rotated.
  public var rotary: Bool
  /// Whether it is a decoder's: causal, with a key-value cache, its products subject to the weight format.
  public var isDecoder: Bool

  /// A decoder's layer with a gated feed-forward block and rotary positions, as LLaMA's.
  public static func decoder(
    width: Int, heads: Int, kvHeads: Int, headWidth: Int, feedForward: Int, norm: NormKind = .rms,
    activation: ActivationKind = .silu, qkvBias: Bool = false
  ) -> TransformerBlock {
    TransformerBlock(
      width: width, heads: heads, kvHeads: kvHeads, headWidth: headWidth, feedForward: feedForward, norm: norm,
      activation: activation, gated: true, qkvBias: qkvBias, outputBias: false, rotary: true, isDecoder: true)
  }

  /// A vision encoder's layer with layer norms, biases everywhere and a plain feed-forward block, as CLIP's.
  public static func encoder(
    width: Int, heads: Int, headWidth: Int, feedForward: Int, activation: ActivationKind
  ) -> TransformerBlock {
    TransformerBlock(
      width: width, heads: heads, kvHeads: heads, headWidth: headWidth, feedForward: feedForward, norm: .layer,
      activation: activation, gated: false, qkvBias: true, outputBias: true, rotary: false, isDecoder: false)
  }

  /// The parameters of one layer.
  var parameters: [ParameterGroup] {
    let qkvWidth = (heads + 2 * kvHeads) * headWidth
    let matrices = width * qkvWidth + heads * headWidth * width + (gated ? 3 : 2) * width * feedForward
    let qkvBiases = qkvBias ? qkvWidth : 0
    let otherBiases = outputBias ? width + (gated ? 2 : 1) * feedForward + width : 0
    let norms = 2 * Int(norm.parametersPerChannel) * width
    return [
      ParameterGroup("layer matrices", Double(matrices), quantized: isDecoder),
      ParameterGroup("layer norms and biases", Double(norms + qkvBiases + otherBiases), quantized: false),
    ]
  }

  /// The operators of one layer over `batch` sequences of `tokens` tokens, of which `leaving` pass the feed-forward block.
  ///
  /// Dropping or merging the others is on the bill of the method that does it. With fused kernels the residual sum of
  /// the layer before is part of `attention.norm`, so that the first layer's differs (`isFirst`), and the last layer's
  /// sum is left to what follows the stack.
  func operators(tokens: Int, leaving: Int, batch: Int, kernels: Kernels, isFirst: Bool) -> [Operator] {
    let shapes = Shapes(block: self, tokens: Double(tokens), leaving: Double(leaving), batch: Double(batch))
    return switch kernels {
    case .fused: shapes.fused(isFirst: isFirst)
    case .eager: shapes.eager()
    }
  }

  /// The block at a given size; the tables below are its accounting.
  private struct Shapes {
    let block: TransformerBlock
    /// Rows of the attention, and of the feed-forward block.
    let rows, mlpRows: Double
    let width, queryWidth, keyWidth, inner: Double
    let attention: AttentionShape
    /// Elements of the hidden state, the queries, the keys, and in the feed-forward block of the hidden state and the
    /// activations.
    let hidden, queries, keys, mlpHidden, wide: Double

    init(block: TransformerBlock, tokens: Double, leaving: Double, batch: Double) {
      self.block = block
      rows = batch * tokens
      mlpRows = batch * leaving
      width = Double(block.width)
      queryWidth = Double(block.heads * block.headWidth)
      keyWidth = Double(block.kvHeads * block.headWidth)
      inner = Double(block.feedForward)
      attention = AttentionShape(
        batch: batch, tokens: tokens, heads: Double(block.heads), kvHeads: Double(block.kvHeads),
        headWidth: Double(block.headWidth), cached: block.isDecoder, causal: block.isDecoder)
      hidden = rows * width
      queries = rows * queryWidth
      keys = rows * keyWidth
      mlpHidden = mlpRows * width
      wide = mlpRows * inner
    }

    // In both tables `holding` lists what is alive besides the step's own operands: the residual stream (hidden),
    // queries and keys until attention has run, the gate until it is multiplied.

    // swift-format-ignore
    func fused(isFirst: Bool) -> [Operator] {
      [norm("attention.norm", rows: rows, addingResidual: !isFirst)]
      + projections()
      + [
        .fusedAttention("attention.core", attention, quantizedOutput: block.isDecoder, holding: hidden),
        matmul("attention.output", rows: rows, inner: queryWidth, columns: width, bias: block.outputBias, holding: hidden),
        norm("mlp.norm", rows: mlpRows, addingResidual: true),
      ]
      + (block.gated
        ? [
          matmul("mlp.gate_up", rows: mlpRows, inner: width, columns: 2 * inner, bias: block.outputBias, holding: mlpHidden),
          .gatedActivation("mlp.activation", block.activation, elements: wide, quantizedOutput: block.isDecoder, holding: mlpHidden),
        ]
        : plainFeedForward())
      + [matmul("mlp.down", rows: mlpRows, inner: inner, columns: width, bias: block.outputBias, holding: mlpHidden)]
    }

    // swift-format-ignore
    func eager() -> [Operator] {
      [norm("attention.norm", rows: rows)]
      + projections()
      + Operator.eagerAttention("attention", attention, quantizedOutput: block.isDecoder, holding: hidden)
      + [
        matmul("attention.output", rows: rows, inner: queryWidth, columns: width, bias: block.outputBias, holding: hidden),
        .sum("attention.residual", elements: hidden),
        norm("mlp.norm", rows: mlpRows),
      ]
      + (block.gated
        ? [
          matmul("mlp.gate", rows: mlpRows, inner: width, columns: inner, bias: block.outputBias, holding: mlpHidden),
          matmul("mlp.up",   rows: mlpRows, inner: width, columns: inner, bias: block.outputBias, holding: mlpHidden + wide),
          .activation("mlp.activation", block.activation, elements: wide, holding: mlpHidden + wide),
          .product("mlp.product", elements: wide, quantizedOutput: block.isDecoder, holding: mlpHidden),
        ]
        : plainFeedForward())
      + [
        matmul("mlp.down", rows: mlpRows, inner: inner, columns: width, bias: block.outputBias, holding: mlpHidden),
        .sum("mlp.residual", elements: mlpHidden),
      ]
    }

    /// Queries, keys and values. Values go straight to the cache; keys too, unless they are rotated on the way.
    // swift-format-ignore
    func projections() -> [Operator] {
      let cache: Operator.Destination = block.isDecoder ? .cache : .activation
      return [
        matmul("attention.query", rows: rows, inner: width, columns: queryWidth, bias: block.qkvBias, holding: hidden),
        matmul("attention.key",   rows: rows, inner: width, columns: keyWidth,   bias: block.qkvBias, to: block.rotary ? .activation : cache, holding: hidden + queries),
        matmul("attention.value", rows: rows, inner: width, columns: keyWidth,   bias: block.qkvBias, to: cache, holding: hidden + queries + keys),
      ]
      + (block.rotary ? [.rotary("attention.rotary", attention, holding: block.isDecoder ? hidden : hidden + keys)] : [])
    }

    // swift-format-ignore
    func plainFeedForward() -> [Operator] {
      [
        matmul("mlp.up", rows: mlpRows, inner: width, columns: inner, bias: block.outputBias, holding: mlpHidden),
        .activation("mlp.activation", block.activation, elements: wide, quantizedOutput: block.isDecoder, holding: mlpHidden),
      ]
    }

    func norm(_ name: String, rows: Double, addingResidual: Bool = false) -> Operator {
      .normalization(
        name, block.norm, rows: rows, width: width, addingResidual: addingResidual, quantizedOutput: block.isDecoder)
    }

    func matmul(
      _ name: String, rows: Double, inner: Double, columns: Double, bias: Bool,
      to destination: Operator.Destination = .activation, holding: Double
    ) -> Operator {
      .matmul(
        name, rows: rows, inner: inner, columns: columns, bias: bias, quantized: block.isDecoder, to: destination,
        holding: holding)
    }
  }
}

extension TransformerBlock {
  /// The operators of a stack of such layers under a token schedule; equal consecutive layers are one operator.
  public func stack(layers: Int, schedule: TokenSchedule, batch: Int, kernels: Kernels) -> [Operator] {
    var result: [Operator] = []
    for (index, run) in schedule.runs(layers: layers).enumerated() {
      func layer(isFirst: Bool) -> [Operator] {
        operators(tokens: run.tokens, leaving: run.leaving, batch: batch, kernels: kernels, isFirst: isFirst)
      }
      let (usual, first) = (layer(isFirst: false), layer(isFirst: index == 0))
      for (operation, firstOperation) in zip(usual, first) {
        if operation == firstOperation {
          result.append(operation.repeated(run.layers))
        } else {
          result.append(firstOperation)
          if run.layers > 1 { result.append(operation.repeated(run.layers - 1)) }
        }
      }
    }
    return result
  }
}
