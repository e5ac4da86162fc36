public import Operators

/// A decoder-only language model.
public struct LanguageModel: Sendable, Hashable {
  /// Layers of the stack.
  public var layers: Int
  /// The layer that is stacked.
  public var block: TransformerBlock
  /// Rows of the embedding, and columns of the head.
  public var vocabulary: Int
  /// Whether the head shares the embedding's matrix.
  public var tiedEmbeddings: Bool

  /// A stack of `layers` blocks between an embedding and a head.
  public init(layers: Int, block: TransformerBlock, vocabulary: Int, tiedEmbeddings: Bool = false) {
    self.layers = layers
    self.block = block
    self.vocabulary = vocabulary
    self.tiedEmbeddings = tiedEmbeddings
  }

  /// All parameters: embedding, layers, final norm and, untied, the head.
  public var parameters: [ParameterGroup] {
    let table = Double(vocabulary) * Double(block.width)
    let head = tiedEmbeddings ? [] : [ParameterGroup("head", table, quantized: false)]
    return [ParameterGroup("embedding", table, quantized: false)]
      + block.parameters.map { $0.repeated(layers) }
      + [ParameterGroup("final norm", block.norm.parametersPerChannel * Double(block.width), quantized: false)]
      + head
  }

  /// Elements of keys and values that one token leaves in the cache of one layer.
  var cacheElementsPerLayerAndToken: Double { 2 * Double(block.kvHeads * block.headWidth) }

  /// Elements of the key-value cache after a prefill.
  public func cacheElements(_ workload: Workload) -> Double {
    var elements = 0.0
    for run in workload.visualTokens.runs(layers: layers) {
      elements += Double(run.layers) * Double(run.tokens + workload.textTokens) * cacheElementsPerLayerAndToken
    }
    return elements * Double(workload.batch)
  }

  /// The operators of a prefill: every token through every layer, logits for the last position only.
  public func prefill(_ workload: Workload, kernels: Kernels) -> [Operator] {
    let batch = Double(workload.batch)
    let width = Double(block.width)
    let schedule = workload.visualTokens.adding(workload.textTokens)
    let lastTokens = schedule.leaving(layers: layers)
    let embedding = Operator.embedding(
      "embedding", textRows: batch * Double(workload.textTokens),
      visualRows: batch * Double(workload.visualTokens.initial), width: width)
    let finalNorm = Operator.normalization(
      "norm", block.norm, rows: batch * Double(lastTokens), width: width, addingResidual: kernels == .fused)
    let head = Operator.matmul(
      "head", rows: batch, inner: width, columns: Double(vocabulary), quantized: false,
      holding: batch * (Double(lastTokens) - 1) * width)
    return [embedding]
      + block.stack(layers: layers, schedule: schedule, batch: workload.batch, kernels: kernels)
      + [finalNorm, head]
  }
}
