internal import Operators
internal import Quantities

/// Gated layers between those of a language model, in which the text attends to images: those of Flamingo and IDEFICS.
///
/// Visual tokens never stand in the prompt: the text has layers of its own, and before every `interval`-th of them one
/// of these reads the images. What attention and feed-forward block add is multiplied by tanh of a learned gate. Source:
/// IdeficsGatedCrossAttentionLayer in transformers 5.23.0.
public struct CrossAttention: Sendable, Hashable {
  /// Norms, heads and feed-forward block of one such layer.
  public var block: TransformerBlock
  /// One stands before layers 0, n, 2 n ... of the language model.
  public var interval: Int
  /// Width of the images' tokens, of which keys and values are made.
  public var imageWidth: Int
  /// Elements of one gate: 1, or the width.
  public var gateWidth: Int

  /// How many such layers stand in a stack of `layers`.
  public func count(layers: Int) -> Int { layers / max(1, interval) }

  /// The parameters of one layer: those of a decoder's whose keys and values are made of another width, and two gates.
  var parameters: [ParameterGroup] {
    let difference = 2 * (Double(imageWidth) - Double(block.width)) * Double(block.kvHeads) * Double(block.headWidth)
    return block.parameters.map { group in
      var group = group
      if group.quantized { group.count += difference } else { group.count += 2 * Double(gateWidth) }
      return ParameterGroup("cross-attention \(group.name)", group.count, quantized: group.quantized)
    }
  }

  /// Elements that one visual token leaves in the cache of one layer.
  var cacheElementsPerToken: Double { block.cacheElementsPerToken }

  /// Keys and values of the images in one layer, which stay in the cache for every token that is generated.
  ///
  /// They are made before the first layer, while the embedded text of `textTokens` tokens waits.
  // swift-format-ignore
  func imageKeys(tokens: Int, textTokens: Int, batch: Int) -> [Operator] {
    let shapes = BlockShapes(block: block, tokens: Double(tokens), batch: Double(batch))
    let inner = Double(imageWidth)
    let images = shapes.rows * inner
    let text = Double(batch) * Double(textTokens) * shapes.width
    func matmul(_ name: String, to destination: Operator.Destination) -> Operator {
      .matmul("cross.\(name)", rows: shapes.rows, inner: inner, columns: shapes.keyWidth, to: destination, holding: text)
    }
    return [matmul("key", to: block.queryKeyNorm == nil ? .cache : .activation)]
    + (block.queryKeyNorm.map { [
      .normalization("cross.key_norm", $0, rows: shapes.rows * Double(block.kvHeads), width: Double(block.headWidth), to: .cache, holding: images + text)
    ] } ?? [])
    + [matmul("value", to: .cache)]
  }

  /// One layer over `batch` sequences of `tokens` tokens of text; keys and values of `images` visual tokens of each
  /// sequence are in the cache.
  ///
  /// With fused kernels the first norm adds what the layer before leaves, unless it is the first (`isFirst`); gates are
  /// applied where a product is written.
  func operators(tokens: Int, images: Int, batch: Int, kernels: Kernels, isFirst: Bool) -> [Operator] {
    let shapes = BlockShapes(block: block, tokens: Double(tokens), batch: Double(batch))
    let layer =
      switch kernels {
      case .fused: attention(shapes, images: images, kernels, adding: isFirst ? 0 : 1) + shapes.fusedFeedForward()
      case .eager: attention(shapes, images: images, kernels, adding: 0) + shapes.eagerFeedForward()
      }
    return layer.flatMap { gated($0, hidden: shapes.hidden, kernels) }.map { operation in
      var operation = operation
      operation.name = "cross.\(operation.name)"
      return operation
    }
  }

  // swift-format-ignore
  private func attention(_ shapes: BlockShapes, images: Int, _ kernels: Kernels, adding sums: Int) -> [Operator] {
    let shape = CrossAttentionShape(
      batch: shapes.attention.batch, queryTokens: shapes.attention.tokens, keyTokens: Double(images), heads: Double(block.heads),
      headWidth: Double(block.headWidth), cached: true, masked: true)
    let hidden = shapes.hidden
    return [
      shapes.norm("attention.norm", adding: sums),
      shapes.matmul("attention.query", inner: shapes.width, columns: shapes.queryWidth, bias: false, holding: hidden),
    ]
    + (block.queryKeyNorm.map { [
      .normalization("attention.query_norm", $0, rows: shapes.rows * Double(block.heads), width: Double(block.headWidth), holding: hidden)
    ] } ?? [])
    + Operator.crossAttention("attention", shape, kernels, quantizedOutput: true, holding: hidden)
    + [shapes.matmul("attention.output", inner: shapes.queryWidth, columns: shapes.width, bias: false, holding: hidden)]
    + shapes.reduced("attention")
    // Text that no image precedes gets zeros.
    + (kernels == .eager
      ? [Operator("attention.fill", operands: [.reads(hidden), .writes(hidden)], holding: hidden), .sum("attention.residual", elements: hidden)]
      : [])
  }

  /// A step of the layer with the gate that belongs to it: part of the last products, or a step before the sums.
  private func gated(_ operation: Operator, hidden: Double, _ kernels: Kernels) -> [Operator] {
    let gate = Operand.weights(Double(gateWidth))
    switch (kernels, operation.name) {
    case (.fused, "attention.output"), (.fused, "mlp.down"):
      var operation = operation
      operation.vectorFLOPs += FLOPs(VectorWork.scale * hidden)
      operation.operands.append(gate)
      return [operation]
    case (.eager, "attention.residual"), (.eager, "mlp.residual"):
      let part = operation.name.prefix { $0 != "." }
      return [
        Operator(
          "\(part).gate", vectorFLOPs: VectorWork.scale * hidden,
          operands: [gate, .reads(hidden), .writes(hidden)], holding: hidden), operation,
      ]
    default: return [operation]
    }
  }
}
