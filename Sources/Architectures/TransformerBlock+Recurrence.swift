internal import Operators

extension BlockShapes {
  /// The recurrence of a layer between its norm and the sum with the residual stream.
  ///
  /// States are read and written once for every sequence, as kernels do that keep them on chip through a pass. The
  /// recurrence itself is counted in its plain form, a step for every token, which no form in chunks falls below.
  func append(_ recurrence: Recurrence, to list: inout OperatorList) {
    switch recurrence {
    case .gatedDelta(let net): append(net, to: &list)
    case .mamba2(let mixer): append(mixer, to: &list)
    case .mamba(let mixer): append(mixer, to: &list)
    case .linear(let attention): append(attention, to: &list)
    case .convolution(let convolution): append(convolution, to: &list)
    }
    if block.parallelism.tensor > 1 { list.add(allReduce("recurrence.all_reduce")) }
  }

  /// Queries, keys, values, gate, decay and step size in one product; S = S (decay) + k (beta (v - S k)), output S q:
  /// three products of keys by values a head and token.
  // swift-format-ignore
  private func append(_ net: GatedDeltaNet, to list: inout OperatorList) {
    let heads = Double(net.valueHeads)
    multiply("recurrence.input", .recurrence, inner: width, columns: 2 * net.keys + 2 * net.values + 2 * heads, bias: false, holding: waiting, to: &list)
    appendConvolution(channels: net.channels, kernel: net.kernel, bias: false, to: &list)
    let (inputs, outputs) = (rows * (net.channels + 2 * heads), rows * net.values)
    list.add(recurrence(
      flops: 6 * rows * net.state, vectorFLOPs: rows * (net.state + 3 * 2 * net.keys + 8 * heads), weights: 2 * heads,
      inputs: inputs, outputs: outputs, state: net.state))
    list.add(.normalization("recurrence.norm", .rms, rows: rows * heads, width: Double(net.valueWidth), holding: waiting))
    list.add(.gatedActivation("recurrence.gate", .silu, elements: outputs, to: input(of: .recurrence), holding: waiting))
    add(matmul("recurrence.output", .recurrence, inner: net.values, columns: width, bias: false, holding: waiting), rows: rows, rowsShared(inner: net.values, columns: width), to: &list)
  }

  /// Gate, inputs, B, C and step size in one product; h = decay h + B x, output C h + D x: two products of channels by
  /// state a token.
  // swift-format-ignore
  private func append(_ mixer: Mamba2, to list: inout OperatorList) {
    let heads = Double(mixer.heads)
    multiply("recurrence.input", .recurrence, inner: width, columns: mixer.inner + mixer.channels + heads, bias: mixer.bias, holding: waiting, to: &list)
    appendConvolution(channels: mixer.channels, kernel: mixer.kernel, bias: mixer.kernelBias, to: &list)
    let state = mixer.inner * Double(mixer.state)
    let outputs = rows * mixer.inner
    list.add(recurrence(
      flops: 4 * rows * state, vectorFLOPs: rows * (state + 2 * mixer.inner + 8 * heads), weights: 3 * heads,
      inputs: rows * (mixer.channels + heads), outputs: outputs, state: state))
    list.add(.gatedActivation("recurrence.gate", .silu, elements: outputs, to: mixer.hasNorm ? .activation : input(of: .recurrence), holding: waiting))
    if mixer.hasNorm {
      list.add(.normalization("recurrence.norm", .rms, rows: rows, width: mixer.inner, to: input(of: .recurrence), holding: waiting))
    }
    add(matmul("recurrence.output", .recurrence, inner: mixer.inner, columns: width, bias: mixer.outputBias, holding: waiting), rows: rows, rowsShared(inner: mixer.inner, columns: width), to: &list)
  }

  /// Inputs and gate in one product; step, B and C of every token in another; h = exp(step A) h + step B x, output
  /// C h + D x for every channel by itself.
  // swift-format-ignore
  private func append(_ mixer: Mamba, to list: inout OperatorList) {
    let (inner, size, rank) = (Double(mixer.inner), Double(mixer.state), Double(mixer.stepRank))
    multiply("recurrence.input", .recurrence, inner: width, columns: 2 * inner, bias: mixer.bias, holding: waiting, to: &list)
    appendConvolution(channels: inner, kernel: mixer.kernel, bias: mixer.kernelBias, to: &list)
    add(matmul("recurrence.parameters", .recurrence, inner: inner, columns: rank + 2 * size, bias: false, holding: waiting + rows * 2 * inner), rows: rows, rowsShared(inner: inner, columns: rank + 2 * size), to: &list)
    // Devices share the channels that these are made of.
    let devices = block.parallelism.tensor
    if devices > 1 { list.add(.allReduce("recurrence.parameters_sum", elements: rows * (rank + 2 * size), devices: devices, holding: waiting + rows * 2 * inner)) }
    if let norm = mixer.norm {
      list.add(.normalization("recurrence.step_norm", norm, rows: rows, width: rank, to: input(of: .recurrence), holding: waiting + rows * 2 * inner))
      list.add(.normalization("recurrence.state_norm", norm, rows: rows, width: size, holding: waiting + rows * 2 * inner))
      list.add(.normalization("recurrence.state_norm", norm, rows: rows, width: size, holding: waiting + rows * 2 * inner))
    }
    multiply("recurrence.step", .recurrence, inner: rank, columns: inner, bias: true, holding: waiting + rows * 2 * inner, to: &list)
    let state = inner * size
    list.add(recurrence(
      flops: 4 * rows * state, vectorFLOPs: rows * (4 * state + 6 * inner), weights: state + inner,
      inputs: rows * (2 * inner + 2 * size), outputs: rows * inner, state: state))
    list.add(.gatedActivation("recurrence.gate", .silu, elements: rows * inner, to: input(of: .recurrence), holding: waiting))
    add(matmul("recurrence.output", .recurrence, inner: inner, columns: width, bias: mixer.bias, holding: waiting), rows: rows, rowsShared(inner: inner, columns: width), to: &list)
  }

  /// Queries, keys, values and a gate in one product; S = decay S + k v, output q S: two products of keys by values a head
  /// and token; a norm and the gate's sigmoid.
  // swift-format-ignore
  private func append(_ attention: LinearAttention, to list: inout OperatorList) {
    let inner = attention.inner
    multiply("recurrence.input", .recurrence, inner: width, columns: 4 * inner, bias: false, holding: waiting, to: &list)
    let state = attention.stateElements
    list.add(recurrence(
      flops: 4 * rows * state, vectorFLOPs: rows * (state + 3 * ActivationKind.silu.flopsPerElement * inner), weights: 0,
      inputs: rows * 3 * inner, outputs: rows * inner, state: state))
    list.add(.normalization("recurrence.norm", .rms, rows: rows, width: inner, holding: waiting + rows * inner))
    list.add(.gatedActivation("recurrence.gate", .silu, elements: rows * inner, to: input(of: .recurrence), holding: waiting))
    add(matmul("recurrence.output", .recurrence, inner: inner, columns: width, bias: false, holding: waiting), rows: rows, rowsShared(inner: inner, columns: width), to: &list)
  }

  /// Input and two gates in one product; the gated input is convolved and gated again.
  // swift-format-ignore
  private func append(_ convolution: ShortConvolution, to list: inout OperatorList) {
    let channels = Double(convolution.channels)
    let elements = rows * channels
    multiply("recurrence.input", .recurrence, inner: width, columns: 3 * channels, bias: convolution.bias, holding: waiting, to: &list)
    list.add(.product("recurrence.input_gate", elements: elements, holding: waiting + elements))
    appendConvolution(channels: channels, kernel: convolution.kernel, bias: convolution.bias, activates: false, to: &list)
    list.add(.product("recurrence.gate", elements: elements, to: input(of: .recurrence), holding: waiting))
    add(matmul("recurrence.output", .recurrence, inner: channels, columns: width, bias: convolution.bias, holding: waiting), rows: rows, rowsShared(inner: channels, columns: width), to: &list)
  }

  /// A short convolution over every channel by itself, and its activation; the last inputs of a sequence are kept.
  private func appendConvolution(
    channels: Double, kernel: Int, bias: Bool, activates: Bool = true, to list: inout OperatorList
  ) {
    let (elements, kept) = (rows * channels, sequences * channels * Double(kernel - 1))
    list.add(
      Operator(
        "recurrence.convolution", flops: 2 * Double(kernel) * elements,
        vectorFLOPs: ((bias ? VectorWork.add : 0) + (activates ? ActivationKind.silu.flopsPerElement : 0)) * elements,
        moving: Moves(
          weights: channels * (Double(kernel) + (bias ? 1 : 0)), activationsRead: elements,
          activationsWritten: elements,
          stateRead: kept, stateWritten: kept),
        holding: waiting))
  }

  /// The recurrence over the states of all sequences.
  private func recurrence(
    flops: Double, vectorFLOPs: Double, weights: Double, inputs: Double, outputs: Double, state: Double
  ) -> Operator {
    Operator(
      "recurrence.core", flops: flops, vectorFLOPs: vectorFLOPs,
      moving: Moves(
        weights: weights, activationsRead: inputs, activationsWritten: outputs, stateRead: sequences * state,
        stateWritten: sequences * state),
      holding: waiting)
  }
}
