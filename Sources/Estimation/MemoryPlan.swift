internal import Architectures
internal import Engines
internal import Hardware
internal import Operators
internal import Quantities

/// What an engine does with the memory of each device that a model is spread over: found out once, whatever is asked.
struct MemoryPlan: Sendable {
  /// What all of it together may take; nil where the device's memory is not known.
  let limit: Bytes?
  /// What is resident beside tensors.
  let reserved: Bytes
  /// What is set aside for the largest pass, in the last stage of a pipeline and in the others; nil where a request's own
  /// passes take what they need.
  let workspace: Workspace?
  /// The cache's share of what is left.
  let cacheShare: Double
  /// What the engine needs outside of the limit and has no room for, in words; nil where there is room.
  let obstacle: String?

  /// Bytes of a pass's peak.
  struct Workspace: Sendable {
    /// Where the head is, and elsewhere.
    let last, others: Bytes
  }

  /// The plan of `engine` for `own`, one device's share of a model.
  init(
    _ engine: Engine, _ hardware: Accelerator, _ model: MultimodalModel, _ own: MultimodalModel, _ precision: Precision,
    _ parallelism: Parallelism, _ cost: @escaping OperatorList.Cost
  ) {
    let memory = engine.memory
    let capacity = hardware.capacity?.value
    limit = capacity.map { $0 * memory.utilization.value.value }
    let activation = precision.activationBits / 8
    let rotations = memory.tabulatesRotations ? Bytes((model.language?.rotationElements ?? 0) * activation) : .zero
    let padding = own.language?.expertPadding(memory, precision, stages: parallelism.pipeline) ?? .zero
    reserved = memory.context(tensor: parallelism.tensor, pipeline: parallelism.pipeline).value + rotations + padding
    cacheShare = memory.cacheShare.value.value
    let rest = capacity.map { $0 - $0 * memory.utilization.value.value }
    func obstacle(_ what: String, _ needed: Bytes) -> String? {
      guard let rest, needed > rest else { return nil }
      return "does not fit: \(engine.name) \(what) outside of its share of the memory, where \(rest) is left and some "
        + "\(needed) needed"
    }
    let graphs = memory.needsGraphs(on: hardware).flatMap { obstacle("records CUDA graphs", $0) }
    guard let pass = memory.largestPass, let language = own.language else {
      (workspace, self.obstacle) = (nil, graphs)
      return
    }
    let size = pass.size(on: hardware)
    let vocabulary = model.language.map { Double($0.outputs ?? $0.vocabulary) } ?? 0
    let logits = min(size.sequences.value.value, size.tokens.value.value) * vocabulary
    let layer = Self.layerPeak(pass, tokens: size.tokens.value.value, language, precision, cost)
    let images = model.vision == nil ? 0 : pass.widthsOfImages.value.value
    let beside =
      (pass.widthsBesideLogits.value.value + images) * size.tokens.value.value * Double(language.block.width)
    let hasFourBits = language.hasFloatingFourBitExperts(at: precision)
    // Experts in 4-bit floating point have kernels of their own.
    let kept = pass.keepsExpertBuffers && !hasFourBits ? language.expertBufferWidths * size.tokens.value.value : 0
    let last = Bytes(logits * (pass.logitBytes.value.value + activation) + (beside + kept) * activation)
    workspace = Workspace(last: max(last, layer), others: layer)
    let warmUp = hasFourBits ? pass.warmUpLogitBytes : nil
    self.obstacle = graphs ?? warmUp.flatMap { obstacle("warms up", $0.value * logits - max(last, layer)) }
  }

  /// The peak of a layer in a pass of so many tokens: its largest operator's tensors and the residual stream's beside them.
  private static func layerPeak(
    _ pass: LargestPass, tokens: Double, _ language: LanguageModel, _ precision: Precision,
    _ cost: @escaping OperatorList.Cost
  ) -> Bytes {
    let count = Int(min(tokens, Double(Pass.tokenLimit)))
    var list = OperatorList()
    list.cost = cost
    language.append(Pass([Pass.Group(newTokens: count)], logits: 0), kernels: .fused, to: &list)
    let widths = Widths(precision)
    let live = list.operators.reduce(Bytes.zero) { max($0, $1.cost(widths).liveActivations) }
    let beside = pass.widthsBesideLayer.value.value * tokens * Double(language.block.width)
    return live + Bytes(beside * precision.activationBits / 8)
  }

  /// The bytes that are set aside in a stage of a pipeline; 0 where nothing is.
  func workspace(isLast: Bool) -> Bytes { workspace.map { isLast ? $0.last : $0.others } ?? .zero }

  /// What is left for the cache beside so many other bytes; nil where the device's memory is not known.
  func pool(beside others: Bytes) -> Bytes? { limit.map { max(.zero, $0 - others) * cacheShare } }

  /// By how much some bytes are too many; zero where they fit, nil where the device's memory is not known.
  func excess(_ footprint: Footprint) -> Bytes? {
    guard let limit, let pool = pool(beside: footprint.total - footprint.cache) else { return nil }
    return max(.zero, max(footprint.total - limit, footprint.cache - pool))
  }
}

extension EngineMemory {
  /// How caches are stored on a device.
  func cacheRules(on hardware: Accelerator) -> CacheRules {
    CacheRules(
      blockTokens: Int(blockTokens.value.value),
      passTokens: groupsLayers ? Int(largestPass?.size(on: hardware).tokens.value.value ?? 0) : 0,
      groupsLayers: groupsLayers, splitsEvenly: splitsEvenly)
  }
}

extension LanguageModel {
  /// Elements of what kernels of experts keep of every token of a pass, in the mixture that needs most: for each expert of
  /// the token what comes out of the first product or of the second, and what goes into the second or comes out of all.
  ///
  /// vLLM, `fused_moe`: `workspace13` of tokens x experts a token x max(N, K), `workspace2` of max(N / 2, K), N twice the
  /// inner width of gated experts and K the model's.
  fileprivate var expertBufferWidths: Double {
    stack.runs.lazy.compactMap { run -> Double? in
      guard let experts = run.block.experts else { return nil }
      let (width, inner) = (run.block.width, experts.feedForward)
      return Double(experts.perToken) * Double(max(run.block.gated ? 2 * inner : inner, width) + max(inner, width))
    }.max() ?? 0
  }

  /// What experts in MXFP4 take more on a device than their files say, as kernels fill their widths up.
  fileprivate func expertPadding(_ memory: EngineMemory, _ precision: Precision, stages: Int) -> Bytes {
    guard hasFloatingFourBitExperts(at: precision) else { return .zero }
    func filled(_ width: Int, _ multiple: Figure<Ratio>?) -> Double {
      let multiple = multiple?.value.value ?? 1
      return (Double(width) / multiple).rounded(.up) * multiple
    }
    var elements = 0.0
    for run in stack.runs {
      guard let experts = run.block.experts else { continue }
      let added =
        filled(run.block.width, memory.mxfp4Width) * filled(experts.feedForward, memory.mxfp4Inner)
        - Double(run.block.width) * Double(experts.feedForward)
      elements += Double(run.layers * experts.resident * (run.block.gated ? 3 : 2)) * added
    }
    return Bytes(elements * precision.weightBits / 8 / Double(max(1, stages)))
  }

  /// Whether experts' weights are 4-bit floating-point numbers with scales of their own, as gpt-oss's.
  fileprivate func hasFloatingFourBitExperts(at precision: Precision) -> Bool {
    (precision.expertBits ?? precision.weightBits) == Precision.mxfp4.weightBits
      && stack.runs.contains { $0.block.experts != nil }
  }
}
