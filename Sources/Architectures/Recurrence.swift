package import Operators

/// A layer's recurrence over the sequence: a state of fixed size for every sequence in place of a cache that grows.
package enum Recurrence: Sendable, Hashable {
  /// Gated delta rule (arXiv:2412.06464), as in Qwen3-Next.
  case gatedDelta(GatedDeltaNet)
  /// Mamba-2 (arXiv:2405.21060).
  case mamba2(Mamba2)
  /// Mamba (arXiv:2312.00752).
  case mamba(Mamba)
  /// Linear attention with a fixed decay (lightning attention, arXiv:2401.04658), as in MiniMax-Text-01.
  case linear(LinearAttention)
  /// A short convolution between gates (LFM2).
  case convolution(ShortConvolution)

  /// Elements that a sequence keeps: the state, and the last inputs of the convolution.
  var stateElements: Double {
    switch self {
    case .gatedDelta(let net): net.stateElements
    case .mamba2(let mixer): mixer.stateElements
    case .mamba(let mixer): mixer.stateElements
    case .linear(let attention): attention.stateElements
    case .convolution(let convolution): convolution.stateElements
    }
  }

  /// Heads or channels that devices can share.
  var shares: Int {
    switch self {
    case .gatedDelta(let net): net.keyHeads
    case .mamba2(let mixer): mixer.heads
    case .mamba(let mixer): mixer.inner
    case .linear(let attention): attention.heads
    case .convolution(let convolution): convolution.channels
    }
  }

  /// One device's share of it.
  func shard(_ devices: Int) -> Recurrence {
    func share(_ number: Int) -> Int { Parallelism.share(number, devices) }
    switch self {
    case .gatedDelta(var net):
      (net.keyHeads, net.valueHeads) = (share(net.keyHeads), share(net.valueHeads))
      return .gatedDelta(net)
    case .mamba2(var mixer):
      (mixer.heads, mixer.groups) = (share(mixer.heads), share(mixer.groups))
      return .mamba2(mixer)
    case .mamba(var mixer):
      mixer.inner = share(mixer.inner)
      return .mamba(mixer)
    case .linear(var attention):
      attention.heads = share(attention.heads)
      return .linear(attention)
    case .convolution(var convolution):
      convolution.channels = share(convolution.channels)
      return .convolution(convolution)
    }
  }
}

/// The sizes of a gated delta net: heads of keys that read a state of keys by values, behind a short convolution.
package struct GatedDeltaNet: Sendable, Hashable {
  /// Heads of queries and keys.
  package var keyHeads: Int
  /// Heads of values, each with a state of its own.
  package var valueHeads: Int
  /// Width of a query and a key.
  package var keyWidth: Int
  /// Width of a value.
  package var valueWidth: Int
  /// Tokens that the convolution covers.
  package var kernel: Int

  /// A net of the given sizes.
  package init(keyHeads: Int, valueHeads: Int, keyWidth: Int, valueWidth: Int, kernel: Int) {
    self.keyHeads = keyHeads
    self.valueHeads = valueHeads
    self.keyWidth = keyWidth
    self.valueWidth = valueWidth
    self.kernel = kernel
  }

  /// Elements of all queries, or all keys.
  var keys: Double { Double(keyHeads) * Double(keyWidth) }
  /// Elements of all values.
  var values: Double { Double(valueHeads) * Double(valueWidth) }
  /// Channels of the convolution.
  var channels: Double { 2 * keys + values }
  /// Elements of all heads' states.
  var state: Double { values * Double(keyWidth) }
  var stateElements: Double { state + channels * Double(kernel - 1) }
}

/// The sizes of Mamba-2's mixer: heads of a scalar decay, keys and queries (B and C) shared by groups of heads.
package struct Mamba2: Sendable, Hashable {
  /// Heads.
  package var heads: Int
  /// Channels of a head.
  package var headWidth: Int
  /// Groups of heads that share B and C.
  package var groups: Int
  /// Elements of B and C.
  package var state: Int
  /// Tokens that the convolution covers.
  package var kernel: Int
  /// Whether the convolution has a bias.
  package var kernelBias = true
  /// Whether the first product has a bias.
  package var bias = false
  /// Whether the last product has a bias.
  package var outputBias = false
  /// Whether a norm stands before the last product.
  package var hasNorm = true

  /// A mixer of the given sizes.
  package init(heads: Int, headWidth: Int, groups: Int, state: Int, kernel: Int) {
    self.heads = heads
    self.headWidth = headWidth
    self.groups = groups
    self.state = state
    self.kernel = kernel
  }

  /// Channels of all heads.
  var inner: Double { Double(heads) * Double(headWidth) }
  /// Channels of the convolution.
  var channels: Double { inner + 2 * Double(groups) * Double(state) }
  var stateElements: Double { inner * Double(state) + channels * Double(kernel - 1) }
}

/// The sizes of Mamba's mixer: every channel has a state of its own, whose step, B and C are made of all channels.
package struct Mamba: Sendable, Hashable {
  /// Channels.
  package var inner: Int
  /// Elements of a channel's state.
  package var state: Int
  /// Elements that the step is made of.
  package var stepRank: Int
  /// Tokens that the convolution covers.
  package var kernel: Int
  /// Whether the convolution has a bias.
  package var kernelBias = true
  /// Whether the first and the last product have biases.
  package var bias = false
  /// The norm of step, B and C, if they have one: with weights in Jamba, without in Falcon-Mamba.
  package var norm: NormKind?

  /// A mixer of the given sizes.
  package init(inner: Int, state: Int, stepRank: Int, kernel: Int) {
    (self.inner, self.state, self.stepRank, self.kernel) = (inner, state, stepRank, kernel)
  }

  var stateElements: Double { Double(inner) * (Double(state) + Double(kernel - 1)) }
}

/// The sizes of linear attention with a decay for every head: queries read a state of keys by values.
package struct LinearAttention: Sendable, Hashable {
  /// Heads of queries, keys and values.
  package var heads: Int
  /// Width of each.
  package var headWidth: Int

  /// Attention of the given sizes.
  package init(heads: Int, headWidth: Int) { (self.heads, self.headWidth) = (heads, headWidth) }

  /// Elements of all heads' queries, keys or values.
  var inner: Double { Double(heads) * Double(headWidth) }
  var stateElements: Double { inner * Double(headWidth) }
}

/// The sizes of a short convolution over every channel by itself, between a gate of its input and one of its output.
package struct ShortConvolution: Sendable, Hashable {
  /// Channels.
  package var channels: Int
  /// Tokens that it covers.
  package var kernel: Int
  /// Whether it and the products around it have biases.
  package var bias: Bool

  /// A convolution of the given sizes.
  package init(channels: Int, kernel: Int, bias: Bool = false) {
    (self.channels, self.kernel, self.bias) = (channels, kernel, bias)
  }

  var stateElements: Double { Double(channels) * Double(kernel - 1) }
}
