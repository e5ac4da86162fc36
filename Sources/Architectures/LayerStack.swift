/// The layers of a model from first to last, equal neighbours counted together.
public struct LayerStack: Sendable, Hashable {
  /// Equal layers.
  public struct Run: Sendable, Hashable {
    /// One of the layers.
    public var block: TransformerBlock
    /// How many of them there are.
    public var layers: Int
  }

  /// All runs of consecutive layers, from first to last; at least one.
  public private(set) var runs: [Run]
  /// One run for every kind of layer, wherever its layers stand, in the order of their first appearance.
  private(set) var kinds: [Run]
  /// The first layer.
  public private(set) var first: TransformerBlock

  /// So many equal layers.
  public init(_ block: TransformerBlock, layers: Int) {
    runs = [Run(block: block, layers: layers)]
    kinds = runs
    first = block
  }

  /// Puts one layer more at the end.
  public mutating func append(_ block: TransformerBlock) {
    if layers == 0 { (runs, kinds, first) = ([], [], block) }
    if runs.last?.block == block {
      runs[runs.count - 1].layers += 1
    } else {
      runs.append(Run(block: block, layers: 1))
    }
    kinds.count(Run(block: block, layers: 1))
  }

  /// The same stack of other blocks.
  func mapped(_ change: (TransformerBlock) -> TransformerBlock) -> LayerStack {
    var copy = self
    copy.runs = runs.map { Run(block: change($0.block), layers: $0.layers) }
    copy.kinds = copy.runs.byBlock
    copy.first = change(first)
    return copy
  }

  /// How many layers there are.
  public var layers: Int { runs.reduce(0) { $0 + $1.layers } }

  /// The parameters of all layers.
  var parameters: Parameters { kinds.reduce(Parameters()) { $0 + $1.block.parameters * $1.layers } }

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

extension [LayerStack.Run] {
  /// One run for every kind of layer, in the order of their first appearance.
  var byBlock: [LayerStack.Run] { reduce(into: []) { $0.count($1) } }

  /// Counts layers among those of their kind.
  fileprivate mutating func count(_ run: LayerStack.Run) {
    if let index = firstIndex(where: { $0.block == run.block }) {
      self[index].layers += run.layers
    } else {
      append(run)
    }
  }
}
