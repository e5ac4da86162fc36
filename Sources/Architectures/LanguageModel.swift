package import Documents
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

  /// Whether layers between those of the stack read images.
  private var hasImageLayers: Bool {
    if case .some = crossAttention { return true }
    return false
  }

  /// How many layers there are.
  public var layers: Int { stack.layers }
  /// The first layer, which others may differ from in their feed-forward block and their window.
  public var block: TransformerBlock { stack.first }

  /// Whether formulas for plain layers describe it: equal ones in principle, without others between them.
  var isPlain: Bool { crossAttention == nil && stack.runs.allSatisfy(\.block.isPlain) }

  /// All parameters: embedding, layers, final norm and, untied, the head.
  public var parameters: Parameters {
    let cross = crossAttention.map { $0.parameters * $0.count(layers: layers) } ?? Parameters()
    return ends(tied: tiedEmbeddings).first + stack.parameters + cross + ends(tied: tiedEmbeddings).last
  }

  /// The parameters before the layers and behind them; where these are on other devices, a head that shares the
  /// embedding's matrix is not `tied` but has a copy of it.
  func ends(tied: Bool) -> (first: Parameters, last: Parameters) {
    let embedding = Parameters(plain: Double(vocabulary) * Double(block.width))
    var head = Parameters { appendHead(rows: 1, logits: 1, kernels: .fused, to: &$0) }
    if tied { head.plain -= embedding.plain }
    return (embedding, head)
  }

  /// Elements of the key-value cache of one device behind a pass.
  package func cacheElements(after pass: Pass) -> Double {
    var elements = crossAttention.map { Double($0.count(layers: layers)) * $0.cacheElements(after: pass) } ?? 0
    forEachRun(of: pass) { run, groups in elements += Double(run.layers) * run.block.cacheElements(after: groups) }
    return pass.ownShare(block.parallelism).of(elements)
  }

  /// Calls `body` for all layers from first to last, equal neighbours with equal tokens together.
  func forEachRun(of pass: Pass, _ body: (LayerStack.Run, [Pass.Group]) -> Void) {
    var start = 0
    for stretch in pass.stretches(layers: layers) {
      for run in stack.runs(from: start, layers: stretch.layers) { body(run, stretch.groups) }
      start += stretch.layers
    }
  }

  /// The tokens of one sequence that pass the stack: visual and text, or text alone where layers between read images.
  public func prompt(_ workload: Workload) -> TokenSchedule {
    let visual = crossAttention == nil ? workload.visualTokens : TokenSchedule(0)
    return visual.adding(workload.textTokens)
  }

  /// Refuses what is no pass of this model.
  ///
  /// - Throws: `Diagnostic` that says what was expected.
  package func check(_ pass: Pass) throws(Diagnostic) { try pass.check(readsImages: hasImageLayers) }

  /// The operators of a pass, equal layers as one with a repeat count.
  public func operators(_ pass: Pass, kernels: Kernels) -> [Operator] {
    OperatorList.of { append(pass, kernels: kernels, to: &$0) }.merged
  }

  /// Adds the operators of a pass to a list.
  package func append(_ pass: Pass, kernels: Kernels, to list: inout OperatorList) {
    let share = pass.ownShare(block.parallelism)
    let hasImageLayers = hasImageLayers
    let rows = share.of(pass.groups.rows { $0.newTokens })
    let visualRows = !hasImageLayers ? share.of(pass.groups.rows { $0.visualTokens }) : 0
    appendEmbedding(textRows: rows - visualRows, visualRows: visualRows, to: &list)
    if hasImageLayers, let crossAttention {
      let count = crossAttention.count(layers: layers)
      crossAttention.append(pass, layers: count, own: share, kernels: kernels, to: &list)
    }
    if pass.stretches.isEmpty {
      appendLayers(stack.kinds, pass.groups, own: share, isFirst: true, kernels, &list)
    } else {
      var start = 0
      for stretch in pass.stretches {
        let kinds = stack.runs(from: start, layers: stretch.layers).byBlock
        appendLayers(kinds, stretch.groups, own: share, isFirst: start == 0, kernels, &list)
        start += stretch.layers
      }
    }
    if block.parallelism.pipeline > 1 { appendPasses(pass, own: share, to: &list) }
    let leaving = share.of((pass.stretches.last?.groups ?? pass.groups).rows { $0.leaving })
    appendHead(rows: leaving, logits: share.of(Double(pass.logits)), kernels: kernels, to: &list)
  }

  /// Layers of each kind over some groups; `isFirst` says that no others come before them.
  private func appendLayers(
    _ kinds: [LayerStack.Run], _ groups: [Pass.Group], own share: OwnShare, isFirst: Bool, _ kernels: Kernels,
    _ list: inout OperatorList
  ) {
    var isFirst = isFirst && !hasImageLayers
    let leaving = groups.rows { $0.leaving }
    for kind in kinds {
      let shapes = BlockShapes(block: kind.block, groups: groups, own: share, kernels: kernels)
      let following = leaving == shapes.allRows ? nil : shapes.leaving(rows: share.of(leaving), allRows: leaving)
      shapes.append(layers: kind.layers, leaving: following, isFirst: isFirst, kernels: kernels, to: &list)
      isFirst = false
    }
  }

  /// What the stages of a pipeline pass on: the residual stream of the tokens that enter a layer. The layers are taken
  /// to be split evenly.
  private func appendPasses(_ pass: Pass, own share: OwnShare, to list: inout OperatorList) {
    let stages = block.parallelism.pipeline
    let rows = pass.stretches(layers: layers).flatMap {
      [Double](repeating: share.of($0.groups.rows { $0.newTokens }), count: $0.layers)
    }
    for stage in 1..<stages {
      list.add(.pass("pipeline.pass", elements: rows[stage * layers / stages] * Double(block.width)))
    }
  }

  /// What stands before the layers.
  private func appendEmbedding(textRows: Double, visualRows: Double, to list: inout OperatorList) {
    let width = Double(block.width)
    let devices = block.parallelism.tensor
    // Each device looks up what lies in its part of the table; the sum of all is the whole.
    let lookedUp = textRows / Double(devices)
    list.add(.embedding("embedding", textRows: textRows, visualRows: visualRows, width: width, readRows: lookedUp))
    if devices > 1 { list.add(.allReduce("embedding.all_reduce", elements: textRows * width, devices: devices)) }
    if scalesEmbeddings { list.add(.scaling("embedding.scale", elements: (textRows + visualRows) * width)) }
  }

  /// What stands behind the layers, which leave `rows` tokens: so many of them get logits.
  private func appendHead(rows: Double, logits: Double, kernels: Kernels, to list: inout OperatorList) {
    let width = Double(block.width)
    let columns = Double(vocabulary)
    let devices = block.parallelism.tensor
    list.add(
      .normalization("norm", block.norm, rows: rows, width: width, adding: kernels == .fused ? block.pendingSums : 0))
    list.add(
      .matmul(
        "head", rows: logits, inner: width, columns: columns, bias: headBias, quantized: false,
        holding: (rows - logits) * width))
    if capsLogits { list.add(.capping("head.cap", elements: logits * columns)) }
    if devices > 1 {
      list.add(.allGather("head.all_gather", elements: logits * columns * Double(devices), devices: devices))
    }
  }
}
