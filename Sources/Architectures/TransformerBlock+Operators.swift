public import Operators

extension TransformerBlock {
  /// The operators of one layer over `batch` sequences of `tokens` tokens, of which `leaving` pass the feed-forward block.
  ///
  /// Dropping or merging the others is on the bill of the method that does it. With fused kernels the residual sum of
  /// the layer before is part of `attention.norm`, so that the first layer's differs (`isFirst`), and the last layer's
  /// sum is left to what follows the stack.
  /// Each sequence has `context` tokens in the layer's cache before these.
  func operators(
    tokens: Int, leaving: Int, batch: Int, kernels: Kernels, isFirst: Bool, context: Int = 0, decodes: Bool = false
  ) -> [Operator] {
    let entering = BlockShapes(
      block: self, tokens: Double(tokens), batch: Double(batch), context: Double(context), decodes: decodes)
    let leaving = BlockShapes(
      block: self, tokens: Double(leaving), batch: Double(batch), context: Double(context), decodes: decodes)
    return switch kernels {
    case .fused: entering.fusedAttention(isFirst: isFirst) + leaving.fusedFeedForward()
    case .eager: entering.eagerAttention() + leaving.eagerFeedForward()
    }
  }

  /// The operators of a stack of such layers under a token schedule; equal layers are one operator.
  public func stack(layers: Int, schedule: TokenSchedule, batch: Int, kernels: Kernels) -> [Operator] {
    LayerStack(self, layers: layers).operators(schedule: schedule, batch: batch, kernels: kernels)
  }
}

/// A block at a given size; the tables here and in the files beside this one are its accounting.
///
/// In all tables `holding` lists what is alive besides the step's own operands: the residual stream (`hidden`),
/// queries and keys until attention has run, the gate until it is multiplied.
struct BlockShapes {
  let block: TransformerBlock
  let rows, width, queryWidth, keyWidth, valueWidth: Double
  let attention: AttentionShape
  /// Elements of the hidden state, the queries and the keys.
  let hidden, queries, keys: Double
  /// Rows of all devices that share experts.
  let allRows: Double
  /// What waits for the end of the layer: the residual stream and, in parallel blocks, one hidden state more.
  let waiting: Double

  init(block: TransformerBlock, tokens: Double, batch: Double, context: Double = 0, decodes: Bool = false) {
    self.block = block
    allRows = batch * tokens
    let batch = Double(block.parallelism.own(Int(batch)))
    rows = batch * tokens
    width = Double(block.width)
    queryWidth = Double(block.heads) * Double(block.headWidth)
    keyWidth = Double(block.kvHeads) * Double(block.headWidth)
    valueWidth = Double(block.heads) * Double(block.valueWidth)
    var attention = AttentionShape(
      batch: batch, tokens: tokens, heads: Double(block.heads), kvHeads: Double(block.kvHeads),
      headWidth: Double(block.headWidth), valueWidth: Double(block.valueWidth),
      sharedKeyWidth: Double(block.latent?.rotaryWidth ?? 0), window: block.window.map(Double.init),
      cached: block.isDecoder && block.latent == nil, causal: block.isDecoder, capped: block.capsScores,
      context: context, decodes: decodes)
    if decodes, let latent = block.latent {
      attention.absorb(rank: Double(latent.rank), rotary: Double(latent.rotaryWidth))
    }
    self.attention = attention
    hidden = rows * width
    queries = rows * queryWidth
    keys = rows * keyWidth
    waiting = block.arrangement == .parallel ? 2 * hidden : hidden
  }

  // swift-format-ignore
  func fusedAttention(isFirst: Bool) -> [Operator] {
    [norm("attention.norm", adding: isFirst ? 0 : block.pendingSums)]
    + projections(.fused)
    + [
      .fusedAttention("attention.core", attention, quantizedOutput: block.isDecoder && !absorbs, holding: waiting),
    ]
    + valueProjection()
    + [
      matmul("attention.output", inner: valueWidth, columns: width, bias: block.attentionOutputBias, holding: waiting),
    ]
    + reduced("attention")
    + afterNorm("attention.post_norm")
  }

  // swift-format-ignore
  func fusedFeedForward() -> [Operator] {
    (block.arrangement == .parallel ? [] : [norm("mlp.norm", adding: 1)])
    + feedForward(.fused)
    + reduced("mlp")
    + afterNorm("mlp.post_norm")
  }

  // swift-format-ignore
  func eagerAttention() -> [Operator] {
    [norm("attention.norm")]
    + projections(.eager)
    + Operator.eagerAttention("attention", attention, quantizedOutput: block.isDecoder && !absorbs, holding: waiting)
    + valueProjection()
    + [matmul("attention.output", inner: valueWidth, columns: width, bias: block.attentionOutputBias, holding: waiting)]
    + reduced("attention")
    + afterNorm("attention.post_norm")
    + (block.arrangement == .parallel ? [] : [.sum("attention.residual", elements: hidden)])
  }

  // swift-format-ignore
  func eagerFeedForward() -> [Operator] {
    (block.arrangement == .parallel ? [] : [norm("mlp.norm")])
    + feedForward(.eager)
    + reduced("mlp")
    + afterNorm("mlp.post_norm")
    + (block.arrangement == .parallel ? [.sum("attention.residual", elements: hidden, holding: hidden)] : [])
    + [.sum("mlp.residual", elements: hidden)]
  }

  /// Queries, keys and values, ready for attention.
  func projections(_ kernels: Kernels) -> [Operator] {
    block.latent.map { latentProjections($0, kernels) } ?? headProjections()
  }

  /// Values go straight to the cache; keys too, unless they are normalised or rotated on the way.
  // swift-format-ignore
  private func headProjections() -> [Operator] {
    let cache: Operator.Destination = block.isDecoder ? .cache : .activation
    let rotated = block.rotaryWidth > 0
    let held = hidden + queries + keys
    return [
      matmul("attention.query", inner: width, columns: queryWidth, bias: block.qkvBias, holding: hidden),
      matmul("attention.key",   inner: width, columns: keyWidth,   bias: block.qkvBias, to: rotated || block.queryKeyNorm != nil ? .activation : cache, holding: hidden + queries),
      matmul("attention.value", inner: width, columns: keyWidth,   bias: block.qkvBias, to: cache, holding: held),
    ]
    + (block.queryKeyNorm.map { [
      headNorm("attention.query_norm", $0, heads: block.heads,   holding: hidden + keys),
      headNorm("attention.key_norm",   $0, heads: block.kvHeads, holding: hidden + queries, to: rotated ? .activation : cache),
    ] } ?? [])
    + (rotated
      ? [.rotary("attention.rotary", attention, width: Double(block.rotaryWidth), holding: block.isDecoder ? hidden : hidden + keys)]
      : [])
  }

  /// A norm over every head of queries or keys.
  private func headNorm(
    _ name: String, _ kind: NormKind, heads: Int, holding: Double, to destination: Operator.Destination = .activation
  ) -> Operator {
    .normalization(
      name, kind, rows: rows * Double(heads), width: Double(block.headWidth), to: destination, holding: holding)
  }

  /// The norm before attention or feed-forward block, in one kernel with so many sums before it.
  func norm(_ name: String, adding sums: Int = 0) -> Operator {
    .normalization(
      name, block.norm, rows: rows, width: width, adding: sums, to: block.isDecoder ? .productInput : .activation)
  }

  /// The sum of what the devices made of their heads or inner channels.
  func reduced(_ part: String) -> [Operator] {
    let devices = block.parallelism.tensor
    return devices > 1 ? [.allReduce("\(part).all_reduce", elements: hidden, devices: devices, holding: waiting)] : []
  }

  /// The norm after attention or feed-forward block, where there is one.
  private func afterNorm(_ name: String) -> [Operator] {
    guard block.arrangement == .sandwiched else { return [] }
    return [.normalization(name, block.norm, rows: rows, width: width, holding: hidden)]
  }

  func matmul(
    _ name: String, inner: Double, columns: Double, bias: Bool, to destination: Operator.Destination = .activation,
    holding: Double
  ) -> Operator {
    .matmul(
      name, rows: rows, inner: inner, columns: columns, bias: bias, quantized: block.isDecoder, to: destination,
      holding: holding)
  }
}
