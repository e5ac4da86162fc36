internal import Operators

/// The layers of a model from first to last, equal neighbours counted together.
public struct LayerStack: Sendable, Hashable {
  /// Consecutive equal layers.
  public struct Run: Sendable, Hashable {
    /// One of the layers.
    public var block: TransformerBlock
    /// How many of them there are.
    public var layers: Int
  }

  /// The first layers.
  public private(set) var first: Run
  /// What follows, where not all layers are equal: dense layers before mixtures of experts, alternating windows.
  public private(set) var following: [Run] = []

  /// So many equal layers.
  public init(_ block: TransformerBlock, layers: Int) {
    first = Run(block: block, layers: layers)
  }

  /// Puts one layer more at the end.
  public mutating func append(_ block: TransformerBlock) {
    guard layers > 0 else {
      first = Run(block: block, layers: 1)
      return
    }
    let last = following.last ?? first
    guard last.block == block else { return following.append(Run(block: block, layers: 1)) }
    if following.isEmpty {
      first.layers += 1
    } else {
      following[following.count - 1].layers += 1
    }
  }

  /// The same stack of other blocks.
  func mapped(_ change: (TransformerBlock) -> TransformerBlock) -> LayerStack {
    var copy = self
    copy.first.block = change(first.block)
    for index in following.indices { copy.following[index].block = change(following[index].block) }
    return copy
  }

  /// All runs, from first to last.
  public var runs: [Run] { [first] + following }
  /// How many layers there are.
  public var layers: Int { runs.reduce(0) { $0 + $1.layers } }

  /// The parameters of all layers.
  var parameters: [ParameterGroup] {
    runs.flatMap { run in run.block.parameters.map { $0.repeated(run.layers) } }.merged
  }

  /// The layers that work on equally many tokens, from first to last, with that number.
  func runs(under schedule: TokenSchedule) -> [(tokens: TokenSchedule.Run, runs: [Run])] {
    var rest = runs[...]
    return schedule.runs(layers: layers).map { tokens in
      var taken: [Run] = []
      var missing = tokens.layers
      while missing > 0, var run = rest.popFirst() {
        if run.layers > missing {
          rest = [Run(block: run.block, layers: run.layers - missing)] + rest
          run.layers = missing
        }
        missing -= run.layers
        taken.append(run)
      }
      return (tokens, taken)
    }
  }

  /// The operators of all layers under a token schedule.
  ///
  /// Equal operators of layers with equally many tokens are one, with a repeat count, at the place of the first. In
  /// every layer `context` tokens are in the cache before. `isContinued` says that other layers come before the first,
  /// which then has a residual sum to take over.
  func operators(
    schedule: TokenSchedule, batch: Int, kernels: Kernels, isContinued: Bool = false, context: Int = 0
  ) -> [Operator] {
    var result: [Operator] = []
    for (index, segment) in runs(under: schedule).enumerated() {
      var merged: [Operator] = []
      for (position, run) in segment.runs.byBlock.enumerated() {
        func layer(isFirst: Bool) -> [Operator] {
          run.block.operators(
            tokens: segment.tokens.tokens, leaving: segment.tokens.leaving, batch: batch, kernels: kernels,
            isFirst: isFirst, context: context)
        }
        let isFirst = index == 0 && position == 0 && !isContinued
        if isFirst { merged.merge(layer(isFirst: true), count: 1) }
        merged.merge(layer(isFirst: false), count: run.layers - (isFirst ? 1 : 0))
      }
      result += merged
    }
    return result
  }

  /// The operators of one step of decoding: one token a sequence through every layer.
  ///
  /// Layers have as many tokens in the cache as `cached` says. Equal operators of all layers are one.
  func decodeOperators(
    cached: TokenSchedule, batch: Int, kernels: Kernels, isContinued: Bool = false
  ) -> [Operator] {
    var merged: [Operator] = []
    for (index, segment) in runs(under: cached).enumerated() {
      for (position, run) in segment.runs.byBlock.enumerated() {
        func layer(isFirst: Bool) -> [Operator] {
          run.block.operators(
            tokens: 1, leaving: 1, batch: batch, kernels: kernels, isFirst: isFirst, context: segment.tokens.tokens,
            decodes: true)
        }
        let isFirst = index == 0 && position == 0 && !isContinued
        if isFirst { merged.merge(layer(isFirst: true), count: 1) }
        merged.merge(layer(isFirst: false), count: run.layers - (isFirst ? 1 : 0))
      }
    }
    return merged
  }
}

extension [LayerStack.Run] {
  /// One run for every kind of layer, in the order of their first appearance.
  fileprivate var byBlock: [LayerStack.Run] {
    var result: [LayerStack.Run] = []
    for run in self {
      if let index = result.firstIndex(where: { $0.block == run.block }) {
        result[index].layers += run.layers
      } else {
        result.append(run)
      }
    }
    return result
  }
}

extension [Operator] {
  /// Adds `count` times the operators of a layer: to equal ones that are there, else beside those of the same name.
  mutating func merge(_ operators: [Operator], count: Int) {
    guard count > 0 else { return }
    var next = 0
    for operation in operators {
      if let index = firstIndex(where: { $0.repeated(1) == operation }) {
        self[index].repeatCount += count
        next = index + 1
      } else {
        let index = lastIndex { $0.name == operation.name }.map { $0 + 1 } ?? next
        insert(operation.repeated(count), at: index)
        next = index + 1
      }
    }
  }
}
