public import Operators

/// A decoder-only language model.
public struct LanguageModel: Sendable, Hashable {
  /// The layers.
  public var stack: LayerStack
  /// Rows of the embedding, and columns of the head.
  public var vocabulary: Int
  /// Whether the head shares the embedding's matrix.
  public var tiedEmbeddings: Bool
  /// Whether the head has a bias.
  public var headBias = false
  /// Whether embeddings are multiplied by a constant (Gemma).
  public var scalesEmbeddings = false
  /// Whether logits pass c tanh(x / c) (Gemma 2).
  public var capsLogits = false

  /// The layers that read images between those of the stack; visual tokens are then no part of the prompt.
  public var crossAttention: CrossAttention?

  /// A stack of layers between an embedding and a head.
  public init(stack: LayerStack, vocabulary: Int, tiedEmbeddings: Bool = false) {
    self.stack = stack
    self.vocabulary = vocabulary
    self.tiedEmbeddings = tiedEmbeddings
  }

  /// A stack of `layers` equal blocks between an embedding and a head.
  public init(layers: Int, block: TransformerBlock, vocabulary: Int, tiedEmbeddings: Bool = false) {
    self.init(
      stack: LayerStack(block, layers: layers), vocabulary: vocabulary, tiedEmbeddings: tiedEmbeddings)
  }

  /// How many layers there are.
  public var layers: Int { stack.layers }
  /// The first layer, which others may differ from in their feed-forward block and their window.
  public var block: TransformerBlock { stack.first.block }

  /// Whether formulas for plain layers describe it: equal ones in principle, without others between them.
  var isPlain: Bool { crossAttention == nil && stack.runs.allSatisfy(\.block.isPlain) }

  /// All parameters: embedding, layers, final norm and, untied, the head.
  public var parameters: [ParameterGroup] {
    let table = Double(vocabulary) * Double(block.width)
    let head = (tiedEmbeddings ? 0 : table) + (headBias ? Double(vocabulary) : 0)
    return [ParameterGroup("embedding", table, quantized: false)]
      + stack.parameters
      + (crossAttention.map { cross in cross.parameters.map { $0.repeated(cross.count(layers: layers)) } } ?? [])
      + [ParameterGroup("final norm", block.norm.parametersPerChannel * Double(block.width), quantized: false)]
      + (head > 0 ? [ParameterGroup("head", head, quantized: false)] : [])
  }

  /// Elements of the key-value cache after a prefill; layers with a sliding window keep no more tokens than that.
  public func cacheElements(_ workload: Workload) -> Double {
    var elements = 0.0
    if let crossAttention {
      let images = Double(workload.visualTokens.initial)
      elements = Double(crossAttention.count(layers: layers)) * images * crossAttention.cacheElementsPerToken
    }
    for (tokens, runs) in stack.runs(under: prompt(workload)) {
      for run in runs {
        let kept = min(tokens.tokens, run.block.window ?? tokens.tokens)
        elements += Double(run.layers) * Double(kept) * run.block.cacheElementsPerToken
      }
    }
    return elements * Double(workload.batch)
  }

  /// The tokens of one sequence that pass the stack: visual and text, or text alone where layers between read images.
  public func prompt(_ workload: Workload) -> TokenSchedule {
    let visual = crossAttention == nil ? workload.visualTokens : TokenSchedule(0)
    return visual.adding(workload.textTokens)
  }

  /// The operators of a prefill: every token through every layer, logits for the last position only.
  public func prefill(_ workload: Workload, kernels: Kernels) -> [Operator] {
    let batch = Double(workload.batch)
    let width = Double(block.width)
    let schedule = prompt(workload)
    let visualRows = batch * Double(schedule.initial - workload.textTokens)
    let rows = batch * Double(schedule.leaving(layers: layers))
    let logits = batch * Double(vocabulary)
    var first = [
      Operator.embedding(
        "embedding", textRows: batch * Double(workload.textTokens),
        visualRows: visualRows, width: width)
    ]
    if scalesEmbeddings {
      first.append(.scaling("embedding.scale", elements: batch * Double(schedule.initial) * width))
    }
    var last = [
      Operator.normalization(
        "norm", block.norm, rows: rows, width: width, adding: kernels == .fused ? block.pendingSums : 0),
      .matmul(
        "head", rows: batch, inner: width, columns: Double(vocabulary), bias: headBias, quantized: false,
        holding: (rows - batch) * width),
    ]
    if capsLogits { last.append(.capping("head.cap", elements: logits)) }
    let layers = stack.operators(
      schedule: schedule, batch: workload.batch, kernels: kernels, isContinued: crossAttention != nil)
    return first + crossOperators(workload, kernels: kernels) + layers + last
  }

  /// The layers that read images: their keys and values in all of them, then the layers.
  private func crossOperators(_ workload: Workload, kernels: Kernels) -> [Operator] {
    guard let crossAttention else { return [] }
    let count = crossAttention.count(layers: layers)
    let images = workload.visualTokens.initial
    func layer(isFirst: Bool) -> [Operator] {
      crossAttention.operators(
        tokens: workload.textTokens, images: images, batch: workload.batch, kernels: kernels, isFirst: isFirst)
    }
    let keys = crossAttention.imageKeys(tokens: images, textTokens: workload.textTokens, batch: workload.batch)
    var layers: [Operator] = []
    layers.merge(layer(isFirst: true), count: min(1, count))
    layers.merge(layer(isFirst: false), count: count - 1)
    return keys.map { $0.repeated(count) } + layers
  }
}
