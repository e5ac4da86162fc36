package import Operators

/// A decoder-only language model.
package struct LanguageModel: Sendable, Hashable {
  /// The layers.
  package var stack: LayerStack
  /// Rows of the embedding, and columns of the head.
  package var vocabulary: Int
  /// Whether the head shares the embedding's matrix.
  package var tiedEmbeddings: Bool
  /// Whether the head has a bias.
  package var headBias = false
  /// Whether embeddings are multiplied by a constant (Gemma).
  package var scalesEmbeddings = false
  /// How embeddings are normalised, if they are (BLOOM).
  package var embeddingNorm: NormKind?
  /// Whether logits pass c tanh(x / c) (Gemma 2).
  package var capsLogits = false
  /// Rows of a learned table of positions; 0 where positions are rotated or there are none (GPT-2, OPT).
  package var learnedPositions = 0
  /// Columns of the embedding and rows of the head, where they are not the layers' width: a product without bias leads from
  /// the one to the other, and one back (OPT-350M).
  package var embeddingWidth: Int?
  /// Whether a norm stands behind the layers.
  package var normsEnd = true
  /// Whether every token gets scores, where a head is for classes: transformers scores all, also to pick one.
  package var scoresAllTokens = false
  /// Columns of the head where they are not the vocabulary's: classes, 0 without a head, fewer where some tokens are only
  /// read; nil for the vocabulary.
  package var outputs: Int?

  /// The positions that it was made for, as its configuration states; nil where that is not known.
  package var positions: Int?
  /// The positions that rotations are tabulated for, where a scaling makes them more than those.
  package var rotatedPositions: Int?

  /// The layers that read images between those of the stack; visual tokens are then no part of the prompt.
  package var crossAttention: CrossAttention? {
    get { imageLayers.first }
    set { imageLayers = newValue.map { [$0] } ?? [] }
  }
  /// At most one kind of them; not in place, as most models have none and a model is copied often.
  private var imageLayers: [CrossAttention] = []

  /// A stack of layers between an embedding and a head.
  package init(stack: LayerStack, vocabulary: Int, tiedEmbeddings: Bool = false) {
    self.stack = stack
    self.vocabulary = vocabulary
    self.tiedEmbeddings = tiedEmbeddings
  }

  /// A stack of `layers` equal blocks between an embedding and a head.
  package init(layers: Int, block: TransformerBlock, vocabulary: Int, tiedEmbeddings: Bool = false) {
    self.init(
      stack: LayerStack(block, layers: layers), vocabulary: vocabulary, tiedEmbeddings: tiedEmbeddings)
  }

  /// Whether layers between those of the stack read images.
  package var hasImageLayers: Bool { !imageLayers.isEmpty }

  /// Elements of engines' tables of rotations: sines and cosines of every position, a table for layers with windows and one,
  /// as long as a scaling makes it, for the others. 0 where the positions are not known.
  package var rotationElements: Double {
    guard let positions else { return 0 }
    func widest(_ hasWindow: Bool) -> Int {
      stack.runs.lazy.filter { ($0.block.window != nil) == hasWindow }.map(\.block.rotaryWidth).max() ?? 0
    }
    return Double(positions) * Double(widest(true)) + Double(rotatedPositions ?? positions) * Double(widest(false))
  }

  /// How many layers there are.
  package var layers: Int { stack.layers }
  /// The first layer, which others may differ from in their feed-forward block and their window.
  package var block: TransformerBlock { stack.first }

  /// Whether formulas for plain layers describe it: equal ones in principle, without others between them.
  var isPlain: Bool {
    crossAttention == nil && embeddingWidth == nil && normsEnd && stack.runs.allSatisfy(\.block.isPlain)
  }

  /// All parameters: embedding, layers, final norm and, untied, the head.
  package var parameters: Parameters {
    let cross = crossAttention.map { $0.parameters * $0.count } ?? Parameters()
    return ends(tied: tiedEmbeddings).first + stack.parameters + cross + ends(tied: tiedEmbeddings).last
  }

  /// The parameters before the layers and behind them; where these are on other devices, a head that shares the
  /// embedding's matrix is not `tied` but has a copy of it.
  func ends(tied: Bool) -> (first: Parameters, last: Parameters) {
    let width = Double(block.width)
    let rows = Double(vocabulary) * Double(embeddingWidth ?? block.width)
    let others = Double(learnedPositions) * width + (embeddingNorm?.parametersPerChannel ?? 0) * width
    var entrance = Parameters { appendProjection(entering: true, rows: 1, to: &$0) }
    entrance.plain += rows + others
    var head = Parameters { appendHead(rows: 1, logits: 1, kernels: .fused, to: &$0) }
    if tied, outputs == nil { head.heads -= rows }
    return (entrance, head)
  }

  /// Elements of the key-value cache of one device behind a pass, every token's and no more unless rules say so.
  package func cacheElements(after pass: Pass, storing rules: CacheRules = CacheRules()) -> Double {
    cacheElements(after: pass, in: 0..<layers, storing: rules)
  }

  /// The same of some layers; `layout` is theirs where all of them keep the same tokens.
  func cacheElements(
    after pass: Pass, in layers: Range<Int>, _ layout: CacheLayout? = nil, storing rules: CacheRules,
    readingImages: Bool = true
  ) -> Double {
    let share = pass.ownShare(block.parallelism)
    var elements = 0.0
    if readingImages, hasImageLayers, let crossAttention {
      let count = crossAttention.places.count(where: layers.contains)
      elements += Double(count) * share.of(crossAttention.cacheElements(after: pass))
    }
    func made(of part: Range<Int>) -> CacheLayout {
      CacheLayout(stack.runs(from: part.lowerBound, layers: part.count), rules)
    }
    func add(_ groups: [Pass.Group], _ layout: CacheLayout) {
      for group in groups {
        elements += layout.elements(
          sequences: share.of(Double(group.sequences)), tokens: group.context + group.newTokens)
      }
    }
    guard !pass.stretches.isEmpty else {
      add(pass.groups, layout ?? made(of: layers))
      return elements
    }
    var start = 0
    for stretch in pass.stretches {
      let part = layers.clamped(to: start..<(start + stretch.layers))
      if !part.isEmpty { add(stretch.groups, made(of: part)) }
      start += stretch.layers
    }
    return elements
  }

  /// Calls `body` for the parts of all layers that work on the same groups.
  @inline(__always)
  private func forEachStretch(of pass: Pass, _ body: (LayerStack.Parts, [Pass.Group]) -> Void) {
    guard !pass.stretches.isEmpty else { return body(stack.parts, pass.groups) }
    var start = 0
    for stretch in pass.stretches {
      body(LayerStack.Parts(stack.runs(from: start, layers: stretch.layers)), stretch.groups)
      start += stretch.layers
    }
  }

  /// The tokens of one sequence that pass the stack: visual and text, or text alone where layers between read images.
  package func prompt(_ workload: Workload) -> TokenSchedule {
    let visual = crossAttention == nil ? workload.visualTokens : TokenSchedule(0)
    return visual.adding(workload.textTokens)
  }

  /// The operators of a pass, equal layers as one with a repeat count.
  package func operators(_ pass: Pass, kernels: Accounting.Kernels) -> [Operator] {
    OperatorList.of { append(pass, kernels: kernels, to: &$0) }.merged
  }

  /// Adds the operators of a pass to a list.
  package func append(_ pass: Pass, kernels: Accounting.Kernels, to list: inout OperatorList) {
    let share = pass.ownShare(block.parallelism)
    let hasImageLayers = hasImageLayers
    let rows = share.of(pass.groups.rows { $0.newTokens })
    let visualRows = !hasImageLayers ? share.of(pass.groups.rows { $0.visualTokens }) : 0
    appendEmbedding(textRows: rows - visualRows, visualRows: visualRows, to: &list)
    // Nothing comes before the very first layer, which mixes tokens or is a feed-forward block alone.
    var first = (mixing: block.mixesTokens, alone: !block.mixesTokens)
    if hasImageLayers, let crossAttention, crossAttention.reads(pass) {
      crossAttention.append(pass, own: share, kernels: kernels, to: &list)
      first = (false, false)
    }
    forEachStretch(of: pass) { parts, groups in
      for run in parts.attentions {
        BlockShapes(block: run.block, groups: groups, own: share, kernels: kernels).appendAttention(
          layers: run.layers, isFirst: first.mixing, kernels, groups: groups, own: share, to: &list)
        first.mixing = false
      }
      let leaving = groups.rows { $0.leaving }
      for run in parts.feedForwards {
        BlockShapes(block: run.block, rows: share.of(leaving), allRows: leaving).appendFeedForward(
          layers: run.layers, isFirst: first.alone, kernels, to: &list)
        if !run.block.mixesTokens { first.alone = false }
      }
    }
    if block.parallelism.pipeline > 1 { appendPasses(pass, own: share, to: &list) }
    let leaving = share.of((pass.stretches.last?.groups ?? pass.groups).rows { $0.leaving })
    let logits = scoresAllTokens ? leaving : share.of(Double(pass.logits))
    appendHead(rows: leaving, logits: logits, kernels: kernels, to: &list)
  }

  /// What the stages of a pipeline pass on: the residual stream of the tokens that enter a layer. The layers are taken
  /// to be split evenly.
  private func appendPasses(_ pass: Pass, own share: OwnShare, to list: inout OperatorList) {
    let stages = block.parallelism.pipeline
    let rows = pass.stretches(layers: layers).flatMap {
      [Double](repeating: share.of($0.groups.rows { $0.newTokens }), count: $0.layers)
    }
    let streams = Double(block.streams?.count ?? 1)
    for stage in 1..<stages {
      list.add(.pass("pipeline.pass", elements: rows[stage * layers / stages] * streams * Double(block.width)))
    }
  }
}
