internal import Operators
internal import Quantities

extension BlockShapes {
  /// The operators of so many equal layers, whose feed-forward block works on the rows of `leaving`, or nil on all.
  ///
  /// Dropping or merging the others is on the bill of the method that does it.
  func append(
    layers: Int, leaving following: BlockShapes? = nil, isFirst: Bool, kernels: Accounting.Kernels,
    to list: inout OperatorList
  ) {
    appendAttention(layers: layers, isFirst: isFirst, kernels, to: &list)
    // No copy of these shapes where nothing is left behind: they are large enough to be felt.
    if let following {
      following.appendFeedForward(layers: layers, isFirst: isFirst, kernels, to: &list)
    } else {
      appendFeedForward(layers: layers, isFirst: isFirst, kernels, to: &list)
    }
  }

  /// What mixes tokens between its norms, attention or a recurrence or both, of so many equal layers, where they have
  /// either, and in eager kernels the sum with the residual stream.
  ///
  /// With fused kernels the residual sum of the layer before is part of `attention.norm`, so that the very first layer's
  /// differs (`isFirst`), and the last layer's sum is left to what follows the stack.
  /// `groups`, of which `share` is this device's, are for latent attention, which chooses its form.
  func appendAttention(
    layers: Int, isFirst: Bool, _ kernels: Accounting.Kernels, groups: [Pass.Group] = [], own share: OwnShare = .all,
    to list: inout OperatorList
  ) {
    guard block.mixesTokens else { return }
    list.repeats = layers
    block.streams?.appendReading("attention", rows: rows, width: width, to: &list)
    firstNorm("attention.norm", layers: layers, isFirst: isFirst, kernels, &list)
    if block.hasAttention { selfAttention(groups, own: share, kernels, &list) }
    if let recurrence = block.recurrence { append(recurrence, to: &list) }
    afterNorm("attention.post_norm", &list)
    if let streams = block.streams {
      streams.appendWriting("attention", rows: rows, width: width, to: &list)
    } else if sumsApart(kernels), !block.arrangement.isParallel || !block.hasFeedForward {
      if block.mixers > 1 { list.add(.sum("recurrence.residual", elements: hidden, holding: hidden)) }
      addResidual("attention", &list)
    }
    normSum("attention.norm", before: block.hasFeedForward ? feedForwardPart : firstPart, kernels, &list)
    list.repeats = 1
  }

  /// The feed-forward block between its norms, of so many equal layers, where they have one; `isFirst` tells of layers
  /// that are nothing else.
  func appendFeedForward(layers: Int, isFirst: Bool = false, _ kernels: Accounting.Kernels, to list: inout OperatorList)
  {
    guard block.hasFeedForward else { return }
    list.repeats = layers
    if !block.mixesTokens { firstNorm("mlp.norm", layers: layers, isFirst: isFirst, kernels, &list) }
    feedForwardWithNorms(kernels, &list)
    list.repeats = 1
  }

  /// The norm before the layer's first part; with fused kernels it adds what the layer before leaves, which the very
  /// first has not.
  func firstNorm(
    _ name: Operator.Name, layers: Int, isFirst: Bool, _ kernels: Accounting.Kernels, _ list: inout OperatorList
  ) {
    guard block.arrangement.normsBefore else { return }
    let first = isFirst && kernels == .fused ? min(1, layers) : 0
    list.add(norm(name, before: firstPart), times: first)
    list.add(norm(name, adding: kernels == .fused ? block.pendingSums : 0, before: firstPart), times: layers - first)
  }

  /// Whether sums with the residual stream are steps of their own, and no part of the norm that follows.
  func sumsApart(_ kernels: Accounting.Kernels) -> Bool {
    kernels == .eager || block.arrangement == .postNormed
  }

  /// Attention between its norm and the sum with the residual stream.
  private func selfAttention(
    _ groups: [Pass.Group], own share: OwnShare, _ kernels: Accounting.Kernels, _ list: inout OperatorList
  ) {
    if let compressed = block.compressed { return compressedAttention(compressed, kernels, &list) }
    if let latent = block.latent {
      latentAttention(latent, groups, own: share, kernels, &list)
    } else {
      headAttention(kernels, &list)
    }
    if block.gatesOutput {
      // The gate's sigmoid, times what attention leaves.
      list.add(
        .gatedActivation(
          "attention.gate", .silu, elements: rows * valueWidth, to: input(of: .attention), holding: waiting))
    }
    attentionOutput(inner: valueWidth, bias: block.attentionOutputBias, kernels, &list)
  }

  /// The product behind attention, and the sum of what the devices made of their heads.
  func attentionOutput(inner: Double, bias: Bool, _ kernels: Accounting.Kernels, _ list: inout OperatorList) {
    add(
      gated(matmul("attention.output", inner: inner, columns: width, bias: bias, holding: waiting), kernels),
      rows: rows,
      rowsShared(inner: inner, columns: width), to: &list)
    if block.parallelism.tensor > 1 { list.add(allReduce("attention.all_reduce")) }
  }

  /// The sum with the residual stream, in eager kernels, after the gate where there is one.
  func addResidual(_ part: StaticString, _ list: inout OperatorList) {
    if gateWidth > 0 {
      list.add(
        Operator(
          Operator.Name(part, "gate"), vectorFLOPs: VectorWork.scale * hidden,
          moving: Moves(weights: gateWidth, activationsRead: hidden, activationsWritten: hidden), holding: hidden))
    }
    list.add(.sum(Operator.Name(part, "residual"), elements: hidden))
  }

  /// A product with the gate that belongs to its output: part of the kernel where kernels are fused.
  func gated(_ product: consuming Operator, _ kernels: Accounting.Kernels) -> Operator {
    guard gateWidth > 0, kernels == .fused else { return product }
    product.vectorFLOPs.value += VectorWork.scale * hidden
    product.executedVectorFLOPs = product.vectorFLOPs
    product.moves.weights += gateWidth
    return product
  }

  /// Queries, keys and values: one product where kernels are fused. Values go straight to the cache; keys too, unless
  /// they are normalised or rotated on the way. Then attention.
  // swift-format-ignore
  private func headAttention(_ kernels: Accounting.Kernels, _ list: inout OperatorList) {
    let rotated = block.rotaryWidth > 0
    // A gate of the output is made as the queries are; where values are the keys, one product makes both.
    let queryColumns = block.gatesOutput ? queryWidth + valueWidth : queryWidth
    let valueColumns = block.sharesKeysAndValues ? 0 : keyValueWidth
    let cachedValues = block.isDecoder && block.valueNorm == nil ? valueColumns : 0
    let cachedKeys = rotated || block.queryKeyNorm != nil || !block.isDecoder ? 0 : keyWidth
    switch kernels {
    case .fused:
      let product = matmul("attention.qkv", inner: width, columns: queryColumns + keyWidth + valueColumns, bias: block.qkvBias, cached: cachedKeys + cachedValues, holding: hidden)
      add(product, rows: rows, Matrices(inner: width, columns: SIMD4(queryColumns, keyWidth, valueColumns, 0), columnDevices: [devices, keyDevices, keyDevices, 1]), to: &list)
    case .eager:
      multiply("attention.query", inner: width, columns: queryColumns, bias: block.qkvBias, holding: hidden, to: &list)
      multiply("attention.key",   inner: width, columns: keyWidth,     devices: keyDevices, bias: block.qkvBias, cached: cachedKeys,   holding: hidden + queries, to: &list)
      if valueColumns > 0 {
        multiply("attention.value", inner: width, columns: valueColumns, devices: keyDevices, bias: block.qkvBias, cached: cachedValues, holding: hidden + queries + keys, to: &list)
      }
    }
    if let norm = block.queryKeyNorm {
      list.add(headNorm("attention.query_norm", norm, heads: block.heads,   holding: hidden + keys))
      list.add(headNorm("attention.key_norm",   norm, heads: block.kvHeads, holding: hidden + queries, to: rotated || !block.isDecoder ? .activation : .cache))
    }
    if let norm = block.valueNorm {
      list.add(.normalization("attention.value_norm", norm, rows: rows * Double(block.kvHeads), width: Double(block.valueWidth), to: block.isDecoder ? .cache : .activation, holding: hidden + queries + keys))
    }
    if rotated {
      list.add(.rotary("attention.rotary", queries: queries, keys: keys, share: Double(block.rotaryWidth) / Double(block.headWidth), cached: attention.cached, holding: block.isDecoder ? hidden : hidden + keys))
    }
    if let indexer = block.indexer, !indexer.isShared { append(indexer, to: &list) }
    attentionCore(kernels, quantizedOutput: feedsProduct, &list)
  }

  /// Attention itself; of rows that attend to nothing the weights are counted alone.
  func attentionCore(_ kernels: Accounting.Kernels, quantizedOutput: Bool, _ list: inout OperatorList) {
    if sums.tokens > 0 {
      Operator.attention(
        "attention", attention, sums, kernels, quantizedOutput: quantizedOutput, holding: waiting, to: &list)
    } else if block.hasSinks {
      list.add(Operator("attention.core", moving: Moves(weights: attention.heads)))
    }
  }

  /// Whether the weight format applies to the products of a part.
  func quantizes(_ part: LayerParts) -> Bool { block.isDecoder && block.plainParts.isDisjoint(with: part) }

  /// Whether what attention leaves is the input of a quantised product at once, and not of a gate.
  var feedsProduct: Bool { quantizes(.attention) && !block.gatesOutput }

  /// What the inputs of a part's products are.
  func input(of part: LayerParts) -> Operator.Destination { quantizes(part) ? .productInput : .activation }

  /// The part that stands behind the layer's first norm.
  var firstPart: LayerParts {
    block.hasAttention ? .attention : block.recurrence != nil ? .recurrence : feedForwardPart
  }

  /// The part that the feed-forward block begins with.
  var feedForwardPart: LayerParts {
    guard let experts = block.experts else { return .feedForward }
    return experts.besideDense ? .feedForward : experts.sharedWidth > 0 ? .shared : .experts
  }

  /// The sum of what the devices made of their heads or inner channels.
  func allReduce(_ name: Operator.Name) -> Operator {
    .allReduce(name, elements: hidden, devices: block.parallelism.tensor, holding: waiting)
  }

  /// How many devices share the layer, and how many of them have other keys and values.
  var devices: Double { Double(block.parallelism.tensor) }
  var keyDevices: Double { Double(block.wholeKVHeads ?? block.kvHeads) / Double(block.kvHeads) }

  /// A matrix whose rows devices share.
  func rowsShared(inner: Double, columns: Double, count: Double = 1) -> Matrices {
    Matrices(
      inner: inner, columns: SIMD4(columns, 0, 0, 0), innerDevices: devices, columnDevices: SIMD4(repeating: 1),
      count: count
    )
  }

  /// Matrices whose columns devices share: all of them, or so many.
  func columnsShared(
    inner: Double, columns: SIMD4<Double>, devices: Double? = nil, count: Double = 1
  ) -> Matrices {
    Matrices(
      inner: inner, columns: columns, columnDevices: SIMD4(repeating: devices ?? self.devices), count: count)
  }

  /// Adds a product of all rows with one matrix, whose columns devices share: all of them, or so many.
  func multiply(
    _ name: Operator.Name, _ part: LayerParts = .attention, inner: Double, columns: Double, devices: Double? = nil,
    bias: Bool, cached: Double = 0, holding: Double, to list: inout OperatorList
  ) {
    add(
      matmul(name, part, inner: inner, columns: columns, bias: bias, cached: cached, holding: holding), rows: rows,
      columnsShared(inner: inner, columns: SIMD4(columns, 0, 0, 0), devices: devices), to: &list)
  }

  /// A product of all rows; so many columns of its result go to the cache.
  func matmul(
    _ name: Operator.Name, _ part: LayerParts = .attention, inner: Double, columns: Double, bias: Bool,
    cached: Double = 0,
    holding: Double
  ) -> Operator {
    .matmul(
      name, rows: rows, inner: inner, columns: columns, bias: bias, quantized: quantizes(part), cachedColumns: cached,
      holding: holding)
  }
}
