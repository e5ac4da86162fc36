internal import Operators

extension BlockShapes {
  /// The feed-forward block: one that all tokens pass, or a mixture of experts.
  func feedForward(_ kernels: Kernels) -> [Operator] {
    guard let experts = block.experts else {
      return dense("mlp", inner: Double(block.feedForward), kernels, holding: waiting)
    }
    let shared = experts.sharedWidth > 0
    return routing(experts)
      + (shared ? sharedExperts(experts, kernels) : [])
      + routedExperts(experts, kernels, holding: shared ? waiting + hidden : waiting)
  }

  /// A feed-forward block that every token passes.
  // swift-format-ignore
  private func dense(_ name: String, inner: Double, _ kernels: Kernels, holding: Double) -> [Operator] {
    let bias = block.feedForwardBias
    let wide = rows * inner
    let quantized: Operator.Destination = block.isDecoder ? .productInput : .activation
    let first: [Operator] =
      switch (block.gated, kernels) {
      case (true, .fused): [
        matmul("\(name).gate_up", inner: width, columns: 2 * inner, bias: bias, holding: holding),
        .gatedActivation("\(name).activation", block.activation, elements: wide, to: quantized, holding: holding),
      ]
      case (true, .eager): [
        matmul("\(name).gate", inner: width, columns: inner, bias: bias, holding: holding),
        matmul("\(name).up",   inner: width, columns: inner, bias: bias, holding: holding + wide),
        .activation("\(name).activation", block.activation, elements: wide, holding: holding + wide),
        .product("\(name).product", elements: wide, to: quantized, holding: holding),
      ]
      case (false, _): [
        matmul("\(name).up", inner: width, columns: inner, bias: bias, holding: holding),
        .activation("\(name).activation", block.activation, elements: wide, to: quantized, holding: holding),
      ]
      }
    return first + [matmul("\(name).down", inner: inner, columns: width, bias: bias, holding: holding)]
  }

  /// Which experts a token passes, and with which weights: a product that is not quantised, then the k best of E.
  // swift-format-ignore
  private func routing(_ experts: MixtureOfExperts) -> [Operator] {
    let count = Double(experts.count)
    return [
      .matmul("router.scores", rows: rows, inner: width, columns: count, quantized: false, holding: waiting),
      .routing("router.choice", rows: rows, experts: count, perToken: Double(experts.perToken), holding: waiting + hidden),
    ]
  }

  /// The experts that every token passes; their result waits until that of the others is added.
  // swift-format-ignore
  private func sharedExperts(_ experts: MixtureOfExperts, _ kernels: Kernels) -> [Operator] {
    dense("shared", inner: Double(experts.sharedWidth), kernels, holding: waiting + hidden)
    + (experts.sharedGate
      ? [
        .matmul("shared.gate_score", rows: rows, inner: width, columns: 1, quantized: false, holding: waiting + hidden),
        .weighting("shared.weighting", rows: rows, width: width, holding: waiting + hidden),
      ]
      : [])
  }

  /// k experts a token. Weights are read of the experts that are hit; a fused kernel picks its input rows where they
  /// are, eager ones copy them first, once for each of their experts.
  ///
  /// Where devices share the experts, every token is sent to each of its experts and the results come back; routing
  /// is taken to be uniform, so that a device with m of E experts gets m / E of all devices' tokens.
  // swift-format-ignore
  private func routedExperts(_ experts: MixtureOfExperts, _ kernels: Kernels, holding: Double) -> [Operator] {
    let perToken = Double(experts.perToken)
    let inner = Double(experts.feedForward)
    let devices = block.parallelism.expert
    let sent = rows * perToken * width
    let routed = devices > 1 ? allRows * perToken * Double(experts.resident) / Double(experts.count) : rows * perToken
    let exchanged = max(sent, routed * width)
    let wide = routed * inner
    let hit = experts.expectedDistinct(tokens: allRows)
    let sharedSum = experts.sharedWidth > 0 ? 1 : 0
    let first: [Operator] =
      switch kernels {
      case .fused: [
        .matmul("experts.gate_up", rows: routed, inner: width, columns: 2 * inner, matrices: hit, distinctRows: devices > 1 ? nil : rows, holding: holding),
        .gatedActivation("experts.activation", block.activation, elements: wide, to: .productInput, holding: holding),
      ]
      case .eager: [
        .gather("experts.dispatch", reading: [.reads(routed * width)], writing: routed * width, holding: holding),
        .matmul("experts.gate_up", rows: routed, inner: width, columns: 2 * inner, matrices: hit, holding: holding),
        .activation("experts.activation", block.activation, elements: wide, holding: holding + wide),
        .product("experts.product", elements: wide, to: .productInput, holding: holding),
      ]
      }
    func exchange(_ name: String, _ storage: Operand.Storage) -> [Operator] {
      devices > 1
        ? [.allToAll(name, elements: exchanged, devices: devices, storage: storage, holding: waiting)] : []
    }
    return exchange("experts.all_to_all", .productInput) + first + [
      .matmul("experts.down", rows: routed, inner: inner, columns: width, matrices: hit, holding: holding)
    ] + exchange("experts.all_to_all_back", .activation) + [
      .combination("experts.combine", rows: rows, width: width, perToken: perToken, adding: sharedSum, holding: waiting),
    ]
  }
}
