internal import Operators

extension BlockShapes {
  /// The feed-forward block, one that all tokens pass or a mixture of experts, and the sum of what the devices made of
  /// their inner channels.
  func feedForward(_ kernels: Kernels, _ list: inout OperatorList) {
    if let experts = block.experts {
      mixture(experts, kernels, &list)
    } else {
      dense("mlp", inner: Double(block.feedForward), kernels, holding: waiting, &list)
    }
    if block.parallelism.tensor > 1 { list.add(allReduce("mlp.all_reduce")) }
  }

  /// A feed-forward block that every token passes.
  // swift-format-ignore
  private func dense(_ part: StaticString, inner: Double, _ kernels: Kernels, holding: Double, _ list: inout OperatorList) {
    let bias = block.feedForwardBias
    let wide = rows * inner
    let input: Operator.Destination = block.isDecoder ? .productInput : .activation
    func name(_ leaf: StaticString) -> OperatorName { OperatorName(part, leaf) }
    switch (block.gated, kernels) {
    case (true, .fused):
      list.add(matmul(name("gate_up"), inner: width, columns: 2 * inner, bias: bias, holding: holding))
      list.add(.gatedActivation(name("activation"), block.activation, elements: wide, to: input, holding: holding))
    case (true, .eager):
      list.add(matmul(name("gate"), inner: width, columns: inner, bias: bias, holding: holding))
      list.add(matmul(name("up"),   inner: width, columns: inner, bias: bias, holding: holding + wide))
      list.add(.activation(name("activation"), block.activation, elements: wide, holding: holding + wide))
      list.add(.product(name("product"), elements: wide, to: input, holding: holding))
    case (false, _):
      list.add(matmul(name("up"), inner: width, columns: inner, bias: bias, holding: holding))
      list.add(.activation(name("activation"), block.activation, elements: wide, to: input, holding: holding))
    }
    list.add(gated(matmul(name("down"), inner: inner, columns: width, bias: bias, holding: holding), kernels))
  }

  /// A mixture of experts: the choice, a product that is not quantised and then the k best of E; the experts that every
  /// token passes, whose result waits until that of the others is added; and those others.
  // swift-format-ignore
  private func mixture(_ experts: MixtureOfExperts, _ kernels: Kernels, _ list: inout OperatorList) {
    let count = Double(experts.count)
    list.add(.matmul("router.scores", rows: rows, inner: width, columns: count, quantized: false, holding: waiting))
    list.add(.routing("router.choice", rows: rows, experts: count, perToken: Double(experts.perToken), holding: waiting + hidden))
    guard experts.sharedWidth > 0 else { return routedExperts(experts, kernels, holding: waiting, &list) }
    dense("shared", inner: Double(experts.sharedWidth), kernels, holding: waiting + hidden, &list)
    if experts.sharedGate {
      list.add(.matmul("shared.gate_score", rows: rows, inner: width, columns: 1, quantized: false, holding: waiting + hidden))
      list.add(.weighting("shared.weighting", rows: rows, width: width, holding: waiting + hidden))
    }
    routedExperts(experts, kernels, holding: waiting + hidden, &list)
  }

  /// k experts a token. Weights are read of the experts that are hit; a fused kernel picks its input rows where they
  /// are, eager ones copy them first, once for each of their experts.
  ///
  /// Where devices share the experts, every token is sent to each of its experts and the results come back, at least once
  /// to each device that has one; routing is taken to be uniform, so that a device with m of E experts gets m / E of all
  /// devices' tokens.
  // swift-format-ignore
  private func routedExperts(_ experts: MixtureOfExperts, _ kernels: Kernels, holding: Double, _ list: inout OperatorList) {
    let perToken = Double(experts.perToken)
    let inner = Double(experts.feedForward)
    let devices = block.parallelism.expert
    let sent = rows * perToken * width
    let routed = devices > 1 ? allRows * perToken * Double(experts.resident) / Double(experts.count) : rows * perToken
    let exchanged = max(sent, routed * width)
    let distinct = rows * experts.expectedOtherDevices(of: devices) * width
    let wide = routed * inner
    let hit = experts.expectedDistinct(tokens: allRows)
    if devices > 1 {
      list.add(.allToAll("experts.all_to_all", elements: exchanged, distinct: distinct, devices: devices, areInputs: true, holding: waiting))
    }
    switch kernels {
    case .fused:
      list.add(.matmul("experts.gate_up", rows: routed, inner: width, columns: 2 * inner, matrices: hit, distinctRows: devices > 1 ? nil : rows, holding: holding))
      list.add(.gatedActivation("experts.activation", block.activation, elements: wide, to: .productInput, holding: holding))
    case .eager:
      list.add(Operator("experts.dispatch", reading: routed * width, writing: routed * width, holding: holding))
      list.add(.matmul("experts.gate_up", rows: routed, inner: width, columns: 2 * inner, matrices: hit, holding: holding))
      list.add(.activation("experts.activation", block.activation, elements: wide, holding: holding + wide))
      list.add(.product("experts.product", elements: wide, to: .productInput, holding: holding))
    }
    list.add(.matmul("experts.down", rows: routed, inner: inner, columns: width, matrices: hit, holding: holding))
    if devices > 1 {
      list.add(.allToAll("experts.all_to_all_back", elements: exchanged, distinct: distinct, devices: devices, holding: waiting))
    }
    list.add(.combination("experts.combine", rows: rows, width: width, perToken: perToken, adding: experts.sharedWidth > 0 ? 1 : 0, holding: waiting))
  }
}
