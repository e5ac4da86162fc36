/// How many tokens each layer of a stack works on, for methods that drop tokens on the way.
///
/// Layer 0 starts with `initial` tokens; each change takes effect from its layer on.
public struct TokenSchedule: Sendable, Hashable {
  /// A new number of tokens, from a layer (counted from 0) on.
  public struct Change: Sendable, Hashable {
    /// The layer, from 0.
    public var layer: Int
    /// The tokens from there on.
    public var tokens: Int
    /// Whether the layer's attention still works on the tokens before, and its feed-forward block on those left.
    public var isInside: Bool

    /// `tokens` tokens from `layer` on.
    public init(fromLayer layer: Int, tokens: Int) { (self.layer, self.tokens, isInside) = (layer, tokens, false) }

    /// `tokens` tokens from the feed-forward block of `layer` on, as methods inside vision encoders do it.
    public init(insideLayer layer: Int, tokens: Int) { (self.layer, self.tokens, isInside) = (layer, tokens, true) }
  }

  /// Consecutive layers of equal work.
  public struct Run: Sendable, Hashable {
    /// Tokens that enter every one of the layers and attend to each other.
    public var tokens: Int
    /// Tokens that pass its feed-forward block and leave it.
    public var leaving: Int
    /// How many layers they are.
    public var layers: Int
  }

  /// Tokens that enter layer 0, unless they change there.
  public var initial: Int
  /// The changes, by ascending layer.
  public private(set) var changes: [Change]

  /// The same number of tokens in every layer.
  public init(_ tokens: Int) {
    initial = tokens
    changes = []
  }

  /// `initial` tokens, changing at the given layers, each at one place; see `flaw`.
  public init(initial: Int, changes: [Change]) {
    self.initial = initial
    self.changes = changes.sorted { ($0.layer, $0.isInside ? 1 : 0) < ($1.layer, $1.isInside ? 1 : 0) }
  }

  /// What is wrong with the schedule, if anything: a layer below 0, or one that is given two numbers at one place.
  var flaw: String? {
    if let change = changes.first(where: { $0.layer < 0 }) { return "a layer \(change.layer), the first is 0" }
    let twice = zip(changes, changes.dropFirst()).first { $0.layer == $1.layer && $0.isInside == $1.isInside }
    return twice.map { "both \($0.tokens) and \($1.tokens) tokens from layer \($0.layer) on" }
  }

  /// The runs of consecutive layers with equal numbers of tokens, in a stack of `layers`.
  public func runs(layers: Int) -> [Run] {
    var runs: [Run] = []
    var tokens = initial
    var next = changes[...]
    for layer in 0..<max(0, layers) {
      while let change = next.first, change.layer < layer || (change.layer == layer && !change.isInside) {
        tokens = change.tokens
        next.removeFirst()
      }
      var run = Run(tokens: tokens, leaving: tokens, layers: 1)
      while let change = next.first, change.layer == layer {
        run.leaving = change.tokens
        next.removeFirst()
      }
      tokens = run.leaving
      if let last = runs.last, (last.tokens, last.leaving) == (run.tokens, run.leaving) {
        runs[runs.count - 1].layers += 1
      } else {
        runs.append(run)
      }
    }
    return runs
  }

  /// Tokens that leave the last of `layers` layers.
  public func leaving(layers: Int) -> Int { runs(layers: layers).last?.leaving ?? initial }

  /// The mean number of tokens that enter a layer.
  public func mean(layers: Int) -> Double {
    let sum = runs(layers: layers).reduce(0) { $0 + Double($1.tokens) * Double($1.layers) }
    return layers > 0 ? sum / Double(layers) : Double(initial)
  }

  /// The schedule with so many tokens more in every layer.
  func adding(_ tokens: Int) -> TokenSchedule {
    var sum = self
    sum.initial += tokens
    for index in changes.indices { sum.changes[index].tokens += tokens }
    return sum
  }
}
