internal import Architectures
internal import Documents
internal import Operators

extension LanguageFamily {
  /// Nemotron-H and Nemotron 3: layers of one part each, Mamba-2, attention without rotation, experts or a feed-forward
  /// block.
  static var nemotronH: LanguageFamily {
    LanguageFamily("NemotronHForCausalLM", types: "nemotron_h", read: readNemotronH)
  }

  private static func readMixer(_ fields: ConfigFields) throws(Diagnostic) -> Mamba2 {
    var mixer = Mamba2(
      heads: try fields.integer("mamba_num_heads", in: Limit.heads, default: 128),
      headWidth: try fields.integer("mamba_head_dim", in: Limit.headWidth, default: 64),
      groups: try fields.integer("n_groups", in: Limit.heads, default: 8),
      state: try fields.integer("ssm_state_size", in: Limit.width, default: 128),
      kernel: try fields.integer("conv_kernel", in: 1...64, default: 4))
    mixer.kernelBias = try fields.boolean("use_conv_bias", default: true)
    (mixer.bias, mixer.outputBias) = try fields.bothBiases("use_bias")
    return mixer
  }

  @Sendable private static func readNemotronH(_ fields: ConfigFields) throws(Diagnostic) -> LanguageModel {
    let kinds = try fields.nemotronLayers()
    var reader = try DecoderReader(
      fields,
      DecoderDefaults(
        vocabulary: 131_072, width: 4096, feedForward: 21_504, layers: kinds.count, heads: 32, kvHeads: 8,
        headWidth: 128, activation: .squaredReLU, activationKey: "mlp_hidden_act"))
    guard reader.layers == kinds.count else {
      throw (fields["num_hidden_layers"] ?? fields.node).error(
        "\(reader.layers) layers are not the \(kinds.count) whose kinds the configuration lists")
    }
    reader.block.gated = false
    reader.block.rotaryWidth = 0
    try reader.readFeedForwardBias()
    let mixer = try readMixer(fields)
    var experts: MixtureOfExperts?
    if kinds.contains(.experts) {
      var mixture = try reader.experts(
        ["n_routed_experts", "num_local_experts"], default: 8, perToken: 2, width: ("moe_intermediate_size", 7688))
      // One shared expert, however many "n_shared_experts" says.
      mixture.sharedWidth = try fields.integer("moe_shared_expert_intermediate_size", in: Limit.width, default: 7688)
      mixture.latentWidth = try fields.optionalInteger(
        "moe_latent_size", in: Limit.width, default: nil, decidesSize: false)
      experts = mixture
    }
    return try reader.language { (block, layer) in
      switch kinds[layer] {
      case .recurrence: (block.hasAttention, block.recurrence, block.feedForward) = (false, .mamba2(mixer), 0)
      case .attention: block.feedForward = 0
      case .feedForward: block.hasAttention = false
      case .experts: (block.hasAttention, block.experts) = (false, experts)
      }
    }
  }
}

/// What a layer of Nemotron-H is.
private enum NemotronLayer { case recurrence, attention, feedForward, experts }

extension ConfigFields {
  /// The kinds of all layers, by a list or a pattern of letters.
  fileprivate func nemotronLayers() throws(Diagnostic) -> [NemotronLayer] {
    if let node = self["layers_block_type"] {
      var kinds: [NemotronLayer] = []
      for item in try node.items("\"layers_block_type\"") {
        switch try item.text("a layer's type") {
        case "mamba", "linear_attention": kinds.append(.recurrence)
        case "attention", "full_attention": kinds.append(.attention)
        case "mlp": kinds.append(.feedForward)
        case "moe": kinds.append(.experts)
        default: throw item.error("expected a layer's type to be mamba, attention, mlp or moe; found \(item.summary)")
        }
      }
      return kinds
    }
    guard let node = self["hybrid_override_pattern"] else { return [.recurrence, .experts, .attention, .feedForward] }
    var kinds: [NemotronLayer] = []
    for letter in try node.text("\"hybrid_override_pattern\"") {
      switch letter {
      case "M": kinds.append(.recurrence)
      case "*": kinds.append(.attention)
      case "-": kinds.append(.feedForward)
      case "E": kinds.append(.experts)
      default: throw node.error("expected \"hybrid_override_pattern\" to consist of M, *, - and E")
      }
    }
    return kinds
  }
}
