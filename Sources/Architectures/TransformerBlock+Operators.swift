internal import Operators
internal import Quantities

extension BlockShapes {
  /// The operators of so many equal layers, whose feed-forward block works on the rows of `leaving`, or nil on all.
  ///
  /// Dropping or merging the others is on the bill of the method that does it.
  func append(
    layers: Int, leaving following: BlockShapes? = nil, isFirst: Bool, kernels: Kernels, to list: inout OperatorList
  ) {
    appendAttention(layers: layers, isFirst: isFirst, kernels, to: &list)
    (following ?? self).appendFeedForward(layers: layers, kernels, to: &list)
  }

  /// Attention between its norms, of so many equal layers, and in eager kernels the sum with the residual stream.
  ///
  /// With fused kernels the residual sum of the layer before is part of `attention.norm`, so that the very first layer's
  /// differs (`isFirst`), and the last layer's sum is left to what follows the stack.
  /// `groups`, of which `share` is this device's, are for latent attention, which chooses its form.
  func appendAttention(
    layers: Int, isFirst: Bool, _ kernels: Kernels, groups: [Pass.Group] = [], own share: OwnShare = .all,
    to list: inout OperatorList
  ) {
    list.repeats = layers
    attentionNorm(layers: layers, isFirst: isFirst, kernels, &list)
    if let latent = block.latent {
      latentAttention(latent, groups, own: share, kernels, &list)
    } else {
      headAttention(kernels, &list)
    }
    attentionOutput(inner: valueWidth, bias: block.attentionOutputBias, kernels, &list)
    afterNorm("attention.post_norm", &list)
    if kernels == .eager, block.arrangement != .parallel { addResidual("attention", &list) }
    list.repeats = 1
  }

  /// The feed-forward block between its norms, of so many equal layers.
  func appendFeedForward(layers: Int, _ kernels: Kernels, to list: inout OperatorList) {
    list.repeats = layers
    feedForwardWithNorms(kernels, &list)
    list.repeats = 1
  }

  /// The norm before attention; with fused kernels it adds what the layer before leaves, which the very first has not.
  func attentionNorm(layers: Int, isFirst: Bool, _ kernels: Kernels, _ list: inout OperatorList) {
    let first = isFirst && kernels == .fused ? min(1, layers) : 0
    list.add(norm("attention.norm"), times: first)
    list.add(norm("attention.norm", adding: kernels == .fused ? block.pendingSums : 0), times: layers - first)
  }

  /// The product behind attention, and the sum of what the devices made of their heads.
  func attentionOutput(inner: Double, bias: Bool, _ kernels: Kernels, _ list: inout OperatorList) {
    list.add(gated(matmul("attention.output", inner: inner, columns: width, bias: bias, holding: waiting), kernels))
    if block.parallelism.tensor > 1 { list.add(allReduce("attention.all_reduce")) }
  }

  /// The feed-forward block between its norms, and in eager kernels the sums with the residual stream.
  func feedForwardWithNorms(_ kernels: Kernels, _ list: inout OperatorList) {
    let isParallel = block.arrangement == .parallel
    if !isParallel { list.add(norm("mlp.norm", adding: kernels == .fused ? 1 : 0)) }
    feedForward(kernels, &list)
    afterNorm("mlp.post_norm", &list)
    guard kernels == .eager else { return }
    if isParallel { list.add(.sum("attention.residual", elements: hidden, holding: hidden)) }
    addResidual("mlp", &list)
  }

  /// The sum with the residual stream, in eager kernels, after the gate where there is one.
  func addResidual(_ part: StaticString, _ list: inout OperatorList) {
    if gateWidth > 0 {
      list.add(
        Operator(
          OperatorName(part, "gate"), vectorFLOPs: VectorWork.scale * hidden,
          moving: Moves(weights: gateWidth, activationsRead: hidden, activationsWritten: hidden), holding: hidden))
    }
    list.add(.sum(OperatorName(part, "residual"), elements: hidden))
  }

  /// A product with the gate that belongs to its output: part of the kernel where kernels are fused.
  func gated(_ product: consuming Operator, _ kernels: Kernels) -> Operator {
    guard gateWidth > 0, kernels == .fused else { return product }
    product.vectorFLOPs.value += VectorWork.scale * hidden
    product.executedVectorFLOPs = product.vectorFLOPs
    product.moves.weights += gateWidth
    return product
  }

  /// Queries, keys and values: one product where kernels are fused. Values go straight to the cache; keys too, unless
  /// they are normalised or rotated on the way. Then attention.
  // swift-format-ignore
  private func headAttention(_ kernels: Kernels, _ list: inout OperatorList) {
    let rotated = block.rotaryWidth > 0
    let cachedValues = block.isDecoder ? keyWidth : 0
    let cachedKeys = rotated || block.queryKeyNorm != nil ? 0 : cachedValues
    switch kernels {
    case .fused:
      list.add(matmul("attention.qkv", inner: width, columns: queryWidth + 2 * keyWidth, bias: block.qkvBias, cached: cachedKeys + cachedValues, holding: hidden))
    case .eager:
      list.add(matmul("attention.query", inner: width, columns: queryWidth, bias: block.qkvBias, holding: hidden))
      list.add(matmul("attention.key",   inner: width, columns: keyWidth,   bias: block.qkvBias, cached: cachedKeys,   holding: hidden + queries))
      list.add(matmul("attention.value", inner: width, columns: keyWidth,   bias: block.qkvBias, cached: cachedValues, holding: hidden + queries + keys))
    }
    if let norm = block.queryKeyNorm {
      list.add(headNorm("attention.query_norm", norm, heads: block.heads,   holding: hidden + keys))
      list.add(headNorm("attention.key_norm",   norm, heads: block.kvHeads, holding: hidden + queries, to: rotated || !block.isDecoder ? .activation : .cache))
    }
    if rotated {
      list.add(.rotary("attention.rotary", queries: queries, keys: keys, share: Double(block.rotaryWidth) / Double(block.headWidth), cached: attention.cached, holding: block.isDecoder ? hidden : hidden + keys))
    }
    guard sums.tokens > 0 else { return }
    Operator.attention("attention", attention, sums, kernels, quantizedOutput: block.isDecoder, holding: waiting, to: &list)
  }

  /// A norm over every head of queries or keys.
  func headNorm(
    _ name: OperatorName, _ kind: NormKind, heads: Int, holding: Double,
    to destination: Operator.Destination = .activation
  ) -> Operator {
    .normalization(
      name, kind, rows: rows * Double(heads), width: Double(block.headWidth), to: destination, holding: holding)
  }

  /// The norm before attention or feed-forward block, in one kernel with so many sums before it.
  func norm(_ name: OperatorName, adding sums: Int = 0) -> Operator {
    .normalization(
      name, block.norm, rows: rows, width: width, adding: sums, to: block.isDecoder ? .productInput : .activation)
  }

  /// The norm after attention or feed-forward block, where there is one.
  private func afterNorm(_ name: OperatorName, _ list: inout OperatorList) {
    guard block.arrangement == .sandwiched else { return }
    list.add(.normalization(name, block.norm, rows: rows, width: width, holding: hidden))
  }

  /// The sum of what the devices made of their heads or inner channels.
  func allReduce(_ name: OperatorName) -> Operator {
    .allReduce(name, elements: hidden, devices: block.parallelism.tensor, holding: waiting)
  }

  /// A product of all rows; so many columns of its result go to the cache.
  func matmul(
    _ name: OperatorName, inner: Double, columns: Double, bias: Bool, cached: Double = 0, holding: Double
  ) -> Operator {
    .matmul(
      name, rows: rows, inner: inner, columns: columns, bias: bias, quantized: block.isDecoder, cachedColumns: cached,
      holding: holding)
  }
}

extension Operator {
  /// Attention in one kernel (`core` of a part) or step by step.
  static func attention(
    _ part: StaticString, _ shape: AttentionShape, _ sums: AttentionSums, _ kernels: Kernels,
    quantizedOutput: Bool = false, holding: Double = 0, to list: inout OperatorList
  ) {
    switch kernels {
    case .fused:
      list.add(
        .fusedAttention(
          OperatorName(part, "core"), shape, sums, quantizedOutput: quantizedOutput, holding: holding))
    case .eager:
      eagerAttention(part, shape, sums, quantizedOutput: quantizedOutput, holding: holding, to: &list)
    }
  }
}
