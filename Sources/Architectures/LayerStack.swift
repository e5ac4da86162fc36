internal import Operators

/// The layers of a model from first to last, equal neighbours counted together.
package struct LayerStack: Sendable, Hashable {
  /// Equal layers.
  package struct Run: Sendable, Hashable {
    /// One of the layers.
    package var block: TransformerBlock
    /// How many of them there are.
    package var layers: Int
  }

  /// All runs of consecutive layers, from first to last; at least one.
  package private(set) var runs: [Run]
  /// What tables list of them.
  private(set) var parts: Parts
  /// The first layer.
  package private(set) var first: TransformerBlock

  /// So many equal layers.
  package init(_ block: TransformerBlock, layers: Int) {
    runs = [Run(block: block, layers: layers)]
    parts = Parts(runs)
    first = block
  }

  /// Puts one layer more at the end.
  package mutating func append(_ block: TransformerBlock) {
    if layers == 0 { (runs, parts, first) = ([], Parts([]), block) }
    if runs.last?.block == block {
      runs[runs.count - 1].layers += 1
    } else {
      runs.append(Run(block: block, layers: 1))
    }
    parts.count(Run(block: block, layers: 1))
  }

  /// The same stack with every layer changed by its place, from 0.
  func mapped(_ change: (TransformerBlock, Int) -> TransformerBlock) -> LayerStack {
    var copy = LayerStack(first, layers: 0)
    var layer = 0
    for run in runs {
      for _ in 0..<run.layers {
        copy.append(change(run.block, layer))
        layer += 1
      }
    }
    return copy
  }

  /// The same stack of other blocks.
  func mapped(_ change: (TransformerBlock) -> TransformerBlock) -> LayerStack {
    var copy = self
    copy.runs = runs.map { Run(block: change($0.block), layers: $0.layers) }
    copy.parts = Parts(copy.runs)
    copy.first = change(first)
    return copy
  }

  /// How many layers there are.
  package var layers: Int { runs.reduce(0) { $0 + $1.layers } }

  /// The parameters of all layers.
  var parameters: Parameters {
    Parameters { list in
      for run in parts.attentions {
        BlockShapes(block: run.block, rows: 1e18).appendAttention(
          layers: run.layers, isFirst: true, .fused, to: &list)
      }
      for run in parts.feedForwards {
        BlockShapes(block: run.block, rows: 1e18).appendFeedForward(layers: run.layers, .fused, to: &list)
      }
    }
  }

  /// The runs of so many layers from one on.
  func runs(from start: Int, layers: Int) -> [Run] {
    var before = start
    var missing = layers
    return runs.compactMap { run in
      let skipped = min(before, run.layers)
      let taken = min(missing, run.layers - skipped)
      before -= skipped
      missing -= taken
      return taken > 0 ? Run(block: run.block, layers: taken) : nil
    }
  }
}

extension LayerStack {
  /// One run for every kind of attention (or what else mixes tokens) and of feed-forward block, wherever their layers
  /// stand, in the order of their first appearance: layers of one kind of attention may differ in what follows it, and the
  /// other way round. Layers without one of the two are missing there.
  struct Parts: Sendable, Hashable {
    private(set) var attentions: [Run] = [], feedForwards: [Run] = []

    init(_ runs: [Run]) {
      for run in runs { count(run) }
    }

    mutating func count(_ run: Run) {
      if run.block.mixesTokens { attentions.count(Run(block: run.block.attentionAlone, layers: run.layers)) }
      if run.block.hasFeedForward { feedForwards.count(Run(block: run.block.feedForwardAlone, layers: run.layers)) }
    }
  }
}

extension [LayerStack.Run] {
  /// Counts layers among those of their kind.
  fileprivate mutating func count(_ run: LayerStack.Run) {
    if let index = firstIndex(where: { $0.block == run.block }) {
      self[index].layers += run.layers
    } else {
      append(run)
    }
  }
}

extension TransformerBlock {
  /// The layer without what its feed-forward block alone depends on.
  fileprivate var attentionAlone: TransformerBlock {
    var copy = self
    // Whether there is one decides what is summed up where.
    copy.feedForward = hasFeedForward ? 1 : 0
    (copy.activation, copy.gated, copy.feedForwardBias, copy.experts) = (.relu, false, false, nil)
    copy.activationParameters = 0
    copy.plainParts.subtract(.feedForwards)
    return copy
  }

  /// The layer without what its attention alone depends on.
  fileprivate var feedForwardAlone: TransformerBlock {
    var copy = self
    (copy.heads, copy.kvHeads, copy.headWidth, copy.rotaryWidth) = (0, 0, 0, 0)
    (copy.qkvBias, copy.attentionOutputBias, copy.capsScores, copy.hasSinks) = (false, false, false, false)
    (copy.queryKeyNorm, copy.normsAllHeads, copy.valueNorm) = (nil, false, nil)
    (copy.ownValueWidth, copy.sharesKeysAndValues, copy.gatesOutput) = (nil, false, false)
    (copy.window, copy.isChunked, copy.latent, copy.indexer, copy.compressed) = (nil, false, nil, nil, nil)
    // Whether tokens are mixed before it decides what is summed up where.
    (copy.hasAttention, copy.recurrence) = (mixesTokens, nil)
    copy.plainParts.formIntersection(.feedForwards)
    return copy
  }
}
