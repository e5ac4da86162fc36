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

  /// The positions that it was made for, as its configuration states; nil where that is not known.
  public var positions: Int?

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
    let cross = crossAttention.map { cross in cross.parameters.map { $0.repeated(cross.count(layers: layers)) } } ?? []
    return [embeddingParameters] + stack.parameters + cross + headParameters(tied: tiedEmbeddings)
  }

  /// The parameters before the layers and behind them, where these are on other devices: a head that shares the
  /// embedding's matrix then has a copy of it.
  var ends: (first: [ParameterGroup], last: [ParameterGroup]) { ([embeddingParameters], headParameters(tied: false)) }

  private var embeddingParameters: ParameterGroup {
    ParameterGroup("embedding", Double(vocabulary) * Double(block.width), quantized: false)
  }

  private func headParameters(tied: Bool) -> [ParameterGroup] {
    let head = (tied ? 0 : embeddingParameters.count) + (headBias ? Double(vocabulary) : 0)
    return [ParameterGroup("final norm", block.norm.parametersPerChannel * Double(block.width), quantized: false)]
      + (head > 0 ? [ParameterGroup("head", head, quantized: false)] : [])
  }

  /// Elements of the key-value cache at the end of a request: context, prompt and generated tokens. Layers with a
  /// sliding window keep no more tokens than that.
  public func cacheElements(_ workload: Workload) -> Double {
    var elements = 0.0
    if let crossAttention {
      let images = Double(workload.visualTokens.initial)
      elements = Double(crossAttention.count(layers: layers)) * images * crossAttention.cacheElementsPerToken
    }
    for (tokens, runs) in stack.runs(under: cached(workload, afterSteps: workload.outputTokens)) {
      for run in runs {
        let kept = min(tokens.tokens, run.block.window ?? tokens.tokens)
        elements += Double(run.layers) * Double(kept) * run.block.cacheElementsPerToken
      }
    }
    return elements * Double(workload.ownBatch)
  }

  /// The tokens of one sequence that pass the stack: visual and text, or text alone where layers between read images.
  public func prompt(_ workload: Workload) -> TokenSchedule {
    let visual = crossAttention == nil ? workload.visualTokens : TokenSchedule(0)
    return visual.adding(workload.textTokens)
  }

  /// The operators of a prefill: every token through every layer, logits for the last position only. Tokens attend to
  /// the context, too.
  public func prefill(_ workload: Workload, kernels: Kernels) -> [Operator] {
    let batch = Double(workload.ownBatch)
    let schedule = prompt(workload)
    let rows = batch * Double(schedule.leaving(layers: layers))
    let visualRows = batch * Double(schedule.initial - workload.textTokens)
    let images = workload.visualTokens.initial
    let keys = crossAttention.map { cross in
      cross.imageKeys(tokens: images, textTokens: workload.textTokens, batch: workload.batch).map {
        $0.repeated(cross.count(layers: layers))
      }
    }
    return embedding(textRows: batch * Double(workload.textTokens), visualRows: visualRows)
      + (keys ?? [])
      + crossOperators(workload, tokens: workload.textTokens, kernels: kernels)
      + stack.operators(
        schedule: schedule, batch: workload.batch, kernels: kernels, isContinued: crossAttention != nil,
        context: workload.context)
      + passes(workload) { Double($0) * batch }
      + head(rows: rows, logits: batch, kernels: kernels)
  }

  /// The layers that read images, over so many tokens of text of each sequence; the images' keys and values are cached.
  func crossOperators(_ workload: Workload, tokens: Int, kernels: Kernels) -> [Operator] {
    guard let crossAttention else { return [] }
    let count = crossAttention.count(layers: layers)
    func layer(isFirst: Bool) -> [Operator] {
      crossAttention.operators(
        tokens: tokens, images: workload.visualTokens.initial, batch: workload.batch, kernels: kernels,
        isFirst: isFirst)
    }
    var operators: [Operator] = []
    operators.merge(layer(isFirst: true), count: min(1, count))
    operators.merge(layer(isFirst: false), count: count - 1)
    return operators
  }

  /// What the stages of a pipeline pass on: the residual stream of so many rows for the tokens that enter a layer. The
  /// layers are taken to be split evenly.
  func passes(_ workload: Workload, rows: (Int) -> Double) -> [Operator] {
    let stages = workload.parallelism.pipeline
    guard stages > 1 else { return [] }
    let tokens = prompt(workload).runs(layers: layers).flatMap {
      [Int](repeating: $0.tokens, count: $0.layers)
    }
    return (1..<stages).map {
      .pass("pipeline.pass", elements: rows(tokens[$0 * layers / stages]) * Double(block.width))
    }
    .mergedEqual
  }

  /// What stands before the layers.
  func embedding(textRows: Double, visualRows: Double) -> [Operator] {
    let width = Double(block.width)
    let rows = textRows + visualRows
    let devices = block.parallelism.tensor
    // Each device looks up what lies in its part of the table; the sum of all is the whole.
    let lookedUp = textRows / Double(devices)
    return [.embedding("embedding", textRows: textRows, visualRows: visualRows, width: width, readRows: lookedUp)]
      + (devices > 1 ? [.allReduce("embedding.all_reduce", elements: textRows * width, devices: devices)] : [])
      + (scalesEmbeddings ? [.scaling("embedding.scale", elements: rows * width)] : [])
  }

  /// What stands behind the layers, which leave `rows` tokens: so many of them get logits.
  func head(rows: Double, logits: Double, kernels: Kernels) -> [Operator] {
    let width = Double(block.width)
    let columns = Double(vocabulary)
    let devices = block.parallelism.tensor
    return [
      .normalization("norm", block.norm, rows: rows, width: width, adding: kernels == .fused ? block.pendingSums : 0),
      .matmul(
        "head", rows: logits, inner: width, columns: columns, bias: headBias, quantized: false,
        holding: (rows - logits) * width),
    ] + (capsLogits ? [.capping("head.cap", elements: logits * columns)] : [])
      + (devices > 1
        ? [.allGather("head.all_gather", elements: logits * columns * Double(devices), devices: devices)] : [])
  }
}

extension [Operator] {
  /// Equal neighbours as one operator with a repeat count.
  fileprivate var mergedEqual: [Operator] {
    reduce(into: []) { result, operation in
      if let last = result.last, last.repeated(1) == operation {
        result[result.count - 1].repeatCount += 1
      } else {
        result.append(operation)
      }
    }
  }
}
