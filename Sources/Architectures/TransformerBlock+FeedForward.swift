internal import Operators

extension BlockShapes {
  /// The feed-forward block between its norms, and in eager kernels the sums with the residual stream.
  ///
  /// A layer that is nothing else has its norm from `firstNorm`.
  func feedForwardWithNorms(_ kernels: Accounting.Kernels, _ list: inout OperatorList) {
    let isParallel = block.arrangement.isParallel && block.mixesTokens
    if block.mixesTokens, block.arrangement != .parallel, block.arrangement.normsBefore {
      block.streams?.appendReading("mlp", rows: rows, width: width, to: &list)
      let addends = kernels == .fused && !isParallel && block.streams == nil ? block.mixers : 0
      list.add(norm("mlp.norm", adding: addends, before: feedForwardPart))
    }
    feedForward(kernels, &list)
    afterNorm("mlp.post_norm", &list)
    if let streams = block.streams { return streams.appendWriting("mlp", rows: rows, width: width, to: &list) }
    if sumsApart(kernels) {
      if isParallel { list.add(.sum("attention.residual", elements: hidden, holding: hidden)) }
      addResidual("mlp", &list)
    }
    normSum("mlp.norm", before: firstPart, kernels, &list)
  }

  /// The feed-forward block, one that all tokens pass or a mixture of experts, and the sum of what the devices made of
  /// their inner channels.
  func feedForward(_ kernels: Accounting.Kernels, _ list: inout OperatorList) {
    if let experts = block.experts {
      mixture(experts, kernels, &list)
    } else {
      dense("mlp", .feedForward, inner: Double(block.feedForward), kernels, holding: waiting, &list)
    }
    if block.parallelism.tensor > 1 { list.add(allReduce("mlp.all_reduce")) }
  }

  /// A feed-forward block that every token passes.
  // swift-format-ignore
  private func dense(_ part: StaticString, _ group: LayerParts, inner: Double, _ kernels: Accounting.Kernels, holding: Double, _ list: inout OperatorList) {
    let bias = block.feedForwardBias
    let wide = rows * inner
    let input = input(of: group)
    func name(_ leaf: StaticString) -> Operator.Name { Operator.Name(part, leaf) }
    switch (block.gated, kernels) {
    case (true, .fused):
      add(matmul(name("gate_up"), group, inner: width, columns: 2 * inner, bias: bias, holding: holding), rows: rows, columnsShared(inner: width, columns: SIMD4(inner, inner, 0, 0)), to: &list)
      list.add(.gatedActivation(name("activation"), block.activation, elements: wide, to: input, holding: holding))
    case (true, .eager):
      multiply(name("gate"), group, inner: width, columns: inner, bias: bias, holding: holding, to: &list)
      multiply(name("up"),   group, inner: width, columns: inner, bias: bias, holding: holding + wide, to: &list)
      list.add(.activation(name("activation"), block.activation, elements: wide, holding: holding + wide))
      list.add(.product(name("product"), elements: wide, to: input, holding: holding))
    case (false, _):
      multiply(name("up"), group, inner: width, columns: inner, bias: bias, holding: holding, to: &list)
      var activation = Operator.activation(name("activation"), block.activation, elements: wide, to: input, holding: holding)
      activation.moves.weights += Double(block.activationParameters)
      list.add(activation)
    }
    add(gated(matmul(name("down"), group, inner: inner, columns: width, bias: bias, holding: holding), kernels), rows: rows, rowsShared(inner: inner, columns: width), to: &list)
  }

  /// A mixture of experts: the choice, a product that is not quantised and then the k best of E; the experts that every
  /// token passes, whose result waits until that of the others is added; and those others.
  // swift-format-ignore
  private func mixture(_ experts: MixtureOfExperts, _ kernels: Accounting.Kernels, _ list: inout OperatorList) {
    let count = Double(experts.count)
    if experts.besideDense { denseBeside(experts, kernels, &list) }
    list.add(.matmul("router.scores", rows: rows, inner: width, columns: count, bias: experts.routerBias, quantized: false, holding: waiting))
    list.add(.routing("router.choice", rows: rows, experts: count, perToken: Double(experts.perToken), holding: waiting + hidden))
    if experts.besideDense { list.add(.normalization("experts.norm", block.norm, rows: rows, width: width, to: input(of: .experts), holding: waiting + hidden)) }
    guard experts.sharedWidth > 0 else { return routedExperts(experts, kernels, holding: waiting, &list) }
    dense("shared", .shared, inner: Double(experts.sharedWidth), kernels, holding: waiting + hidden, &list)
    if experts.sharedGate {
      list.add(.matmul("shared.gate_score", rows: rows, inner: width, columns: 1, quantized: false, holding: waiting + hidden))
      list.add(.weighting("shared.weighting", rows: rows, width: width, holding: waiting + hidden))
    }
    routedExperts(experts, kernels, holding: waiting + hidden, &list)
  }

  /// The plain feed-forward block beside experts, with a norm behind it, and what the router reads: the residual stream,
  /// normalised without weights and scaled in every channel; every expert's result is scaled, too.
  private func denseBeside(_ experts: MixtureOfExperts, _ kernels: Accounting.Kernels, _ list: inout OperatorList) {
    dense("mlp", .feedForward, inner: Double(block.feedForward), kernels, holding: waiting, &list)
    list.add(.normalization("mlp.own_norm", block.norm, rows: rows, width: width, holding: waiting))
    list.add(.normalization("router.norm", .rms, rows: rows, width: width, holding: waiting + hidden))
    list.add(Operator("router.expert_scales", moving: Moves(weights: Double(experts.count)), holding: waiting + hidden))
  }

  /// k experts a token. Weights are read of the experts that are hit; a fused kernel picks its input rows where they
  /// are, eager ones copy them first, once for each of their experts.
  ///
  /// Where devices share the experts, every token is sent to each of its experts and the results come back, at least once
  /// to each device that has one; routing is taken to be uniform, so that a device with m of E experts gets m / E of all
  /// devices' tokens.
  // swift-format-ignore
  private func routedExperts(_ experts: MixtureOfExperts, _ kernels: Accounting.Kernels, holding: Double, _ list: inout OperatorList) {
    let perToken = Double(experts.perToken)
    let inner = Double(experts.feedForward)
    // What the experts work on: the hidden state, or a latent of it.
    let latent = experts.latentWidth.map(Double.init)
    let width = latent ?? self.width
    let bias = experts.expertBias
    let devices = block.parallelism.expert
    let sent = rows * perToken * width
    let routed = devices > 1 ? allRows * perToken * Double(experts.resident) / Double(experts.count) : rows * perToken
    let exchanged = max(sent, routed * width)
    let distinct = rows * experts.expectedOtherDevices(of: devices) * width
    let wide = routed * inner
    let hit = experts.expectedDistinct(tokens: allRows)
    if let latent { multiply("experts.latent_down", .experts, inner: self.width, columns: latent, devices: 1, bias: false, holding: holding, to: &list) }
    if devices > 1 {
      list.add(.allToAll("experts.all_to_all", elements: exchanged, distinct: distinct, devices: devices, areInputs: true, holding: waiting))
    }
    if kernels == .eager { list.add(Operator("experts.dispatch", reading: routed * width, writing: routed * width, holding: holding)) }
    let read = kernels == .eager || devices > 1 ? nil : rows
    if block.gated {
      add(expertProduct("experts.gate_up", rows: routed, inner: width, columns: 2 * inner, matrices: hit, distinctRows: read, bias: bias, holding: holding), rows: routed, columnsShared(inner: width, columns: SIMD4(inner, inner, 0, 0), count: hit), to: &list)
    } else {
      add(expertProduct("experts.up", rows: routed, inner: width, columns: inner, matrices: hit, distinctRows: read, bias: bias, holding: holding), rows: routed, columnsShared(inner: width, columns: SIMD4(inner, 0, 0, 0), count: hit), to: &list)
    }
    activateExperts(elements: wide, kernels, holding: holding, &list)
    add(expertProduct("experts.down", rows: routed, inner: inner, columns: width, matrices: hit, distinctRows: nil, bias: bias, holding: holding), rows: routed, rowsShared(inner: inner, columns: width, count: hit), to: &list)
    if devices > 1 {
      list.add(.allToAll("experts.all_to_all_back", elements: exchanged, distinct: distinct, devices: devices, holding: waiting))
    }
    combineExperts(experts, width: width, holding: holding, &list)
  }

  /// Sums what a token's experts leave it, and what comes from beside them.
  // swift-format-ignore
  private func combineExperts(_ experts: MixtureOfExperts, width inner: Double, holding: Double, _ list: inout OperatorList) {
    let (isLatent, addsShared) = (experts.latentWidth != nil, experts.sharedWidth > 0)
    list.add(.combination("experts.combine", rows: rows, width: inner, perToken: Double(experts.perToken), adding: addsShared && !isLatent ? 1 : 0, holding: waiting))
    if isLatent {
      multiply("experts.latent_up", .experts, inner: inner, columns: width, devices: 1, bias: false, holding: holding, to: &list)
      if addsShared { list.add(.sum("experts.sum", elements: hidden, holding: waiting)) }
    }
    if experts.besideDense {
      list.add(.normalization("experts.own_norm", block.norm, rows: rows, width: inner, holding: waiting + hidden))
      list.add(.sum("experts.sum", elements: hidden, holding: waiting))
    }
  }

  /// A product with weights of experts, which may have a format of their own.
  // swift-format-ignore
  private func expertProduct(_ name: Operator.Name, rows: Double, inner: Double, columns: Double, matrices: Double, distinctRows: Double?, bias: Bool, holding: Double) -> Operator {
    var product = Operator.matmul(name, rows: rows, inner: inner, columns: columns, matrices: matrices, distinctRows: distinctRows, bias: bias, quantized: quantizes(.experts), holding: holding)
    product.moves.convert(product.moves.quantizedWeights, ofExperts: true)
    return product
  }

  // swift-format-ignore
  private func activateExperts(elements: Double, _ kernels: Accounting.Kernels, holding: Double, _ list: inout OperatorList) {
    let inputs = input(of: .experts)
    switch (block.gated, kernels) {
    case (true, .fused):
      list.add(.gatedActivation("experts.activation", block.activation, elements: elements, to: inputs, holding: holding))
    case (true, .eager):
      list.add(.activation("experts.activation", block.activation, elements: elements, holding: holding + elements))
      list.add(.product("experts.product", elements: elements, to: inputs, holding: holding))
    case (false, _):
      list.add(.activation("experts.activation", block.activation, elements: elements, to: inputs, holding: holding))
    }
  }
}
