public import Documents

/// Over how many devices a model is spread, and how.
public struct Parallelism: Sendable, Hashable {
  /// Devices that share every layer's heads, inner widths and vocabulary (Megatron-LM, arXiv:1909.08053, section 3).
  public var tensor: Int
  /// Groups of layers, each on devices of its own.
  public var pipeline: Int
  /// Devices that share the experts of mixtures; each works on its own share of the sequences.
  public var expert: Int

  /// One device, unless stated otherwise.
  public init(tensor: Int = 1, pipeline: Int = 1, expert: Int = 1) {
    self.tensor = tensor
    self.pipeline = pipeline
    self.expert = expert
  }

  /// More devices in one direction are refused.
  public static let limit = 4096

  /// How many devices there are: the product of all three, or as many as an integer holds.
  public var devices: Int {
    let (some, overflow) = tensor.multipliedReportingOverflow(by: pipeline)
    let (all, more) = some.multipliedReportingOverflow(by: expert)
    return overflow || more ? Int.max : all
  }

  /// The sequences of a batch that the busiest device works on.
  public func own(_ batch: Int) -> Int { Self.share(batch, expert) }

  /// The largest share of a number that is split as evenly as whole numbers allow.
  static func share(_ number: Int, _ parts: Int) -> Int {
    number / max(1, parts) + (number % max(1, parts) > 0 ? 1 : 0)
  }

  /// Refuses what a model cannot be spread over.
  ///
  /// - Throws: `Diagnostic` that says what there is too little of.
  public func check(_ model: MultimodalModel) throws(Diagnostic) {
    for (count, name) in [(tensor, "tensor"), (pipeline, "pipeline"), (expert, "expert")] {
      guard (1...Self.limit).contains(count) else {
        throw Diagnostic("expected \(name) parallelism over 1 to \(Self.limit) devices, found \(count)")
      }
    }
    guard devices > 1 else { return }
    guard let language = model.language else {
      throw Diagnostic("\(model.name) has no language model to spread over devices; vision towers run on each")
    }
    let heads = language.stack.runs.map(\.block.shares).min() ?? 1
    guard tensor <= heads else {
      throw Diagnostic(
        "\(model.name) has layers of \(heads) heads: too few for tensor parallelism over \(tensor) devices")
    }
    guard pipeline <= language.layers else {
      throw Diagnostic("\(model.name) has \(language.layers) layers: too few for a pipeline of \(pipeline) stages")
    }
    guard expert > 1 else { return }
    guard let experts = language.stack.runs.compactMap({ $0.block.experts?.count }).min() else {
      throw Diagnostic("\(model.name) has no experts to share; use tensor or pipeline parallelism")
    }
    guard expert <= experts else {
      throw Diagnostic("\(model.name) has \(experts) experts: too few for expert parallelism over \(expert) devices")
    }
  }
}

extension MultimodalModel {
  /// What one device of those that the model is spread over holds and computes, but for the pipeline's split.
  ///
  /// Numbers that do not divide are padded: the share is rounded up. Key heads are replicated where there are fewer
  /// than devices. Vision tower, connector, norms, routers and latents are on every device.
  package func shard(_ parallelism: Parallelism) -> MultimodalModel {
    guard parallelism.devices > 1 else { return self }
    var copy = self
    copy.language?.shard(parallelism)
    // What one device holds of the files is not known.
    copy.checkpoint?.stored = nil
    return copy
  }
}

extension LanguageModel {
  fileprivate mutating func shard(_ parallelism: Parallelism) {
    stack = stack.mapped { $0.shard(parallelism) }
    if let block = crossAttention?.block.shard(parallelism) { crossAttention?.block = block }
    vocabulary = Parallelism.share(vocabulary, parallelism.tensor)
  }
}

extension TransformerBlock {
  fileprivate func shard(_ parallelism: Parallelism) -> TransformerBlock {
    let tensor = parallelism.tensor
    var copy = self
    copy.parallelism = parallelism
    copy.heads = Parallelism.share(heads, tensor)
    copy.kvHeads = Parallelism.share(kvHeads, tensor)
    copy.wholeKVHeads = kvHeads
    copy.feedForward = Parallelism.share(feedForward, tensor)
    copy.recurrence = recurrence?.shard(tensor)
    copy.compressed?.outputGroups = Parallelism.share(compressed?.outputGroups ?? 0, tensor)
    copy.experts?.feedForward = Parallelism.share(experts?.feedForward ?? 0, tensor)
    copy.experts?.sharedWidth = Parallelism.share(experts?.sharedWidth ?? 0, tensor)
    copy.experts?.resident = Parallelism.share(experts?.count ?? 0, parallelism.expert)
    return copy
  }
}
