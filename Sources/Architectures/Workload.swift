public import Documents
public import Operators

/// How many tokens each layer of a stack works on, for methods that drop tokens on the way.
///
/// Layer 0 starts with `initial` tokens; each change takes effect from its layer on.
public struct TokenSchedule: Sendable, Hashable {
  /// A new number of tokens, from a layer (counted from 0) on.
  public struct Change: Sendable, Hashable {
    /// The first layer with the new number, counted from 0.
    public var layer: Int
    /// The new number.
    public var tokens: Int

    /// `tokens` tokens from `layer` on.
    public init(fromLayer layer: Int, tokens: Int) {
      self.layer = layer
      self.tokens = tokens
    }
  }

  /// Tokens of layer 0, before any change.
  public var initial: Int
  /// The changes, by ascending layer.
  public private(set) var changes: [Change]

  /// The same number of tokens in every layer.
  public init(_ tokens: Int) {
    initial = tokens
    changes = []
  }

  /// `initial` tokens, changing at the given layers; of several changes at one layer the last counts.
  public init(initial: Int, changes: [Change]) {
    self.initial = initial
    self.changes = changes.sorted { $0.layer < $1.layer }
  }

  /// The runs of consecutive layers with equal numbers of tokens, in a stack of `layers`.
  public func runs(layers: Int) -> [(tokens: Int, layers: Int)] {
    var runs: [(tokens: Int, layers: Int)] = []
    var tokens = initial
    var next = changes[...]
    for layer in 0..<max(0, layers) {
      while let change = next.first, change.layer <= layer {
        tokens = change.tokens
        next.removeFirst()
      }
      if let last = runs.last, last.tokens == tokens {
        runs[runs.count - 1].layers += 1
      } else {
        runs.append((tokens, 1))
      }
    }
    return runs
  }
}

/// What a model is asked to do: how many tokens and sequences.
public struct Workload: Sendable, Hashable {
  /// More tokens in one sequence are refused as a slip of the keyboard.
  public static let tokenLimit = 1_048_576
  /// More sequences in one batch are refused.
  public static let batchLimit = 65_536

  /// Sequences that are processed together.
  public let batch: Int
  /// Text tokens of one sequence.
  public let textTokens: Int
  /// Visual tokens of one sequence that enter the language model, per layer.
  public let visualTokens: TokenSchedule
  /// Images of one sequence that pass the vision encoder; ignored without one.
  public let images: Int
  /// The work of reducing the visual tokens of one sequence, from the reducer's own bill.
  public var reduction: [Operator]

  /// Tokens of one sequence in the first layer.
  public var tokens: Int { visualTokens.initial + textTokens }

  /// A prefill of `batch` sequences with so many visual and text tokens each.
  ///
  /// - Throws: `Diagnostic` if there are no tokens at all, or more tokens or sequences than the limits.
  public init(
    visualTokens: TokenSchedule, textTokens: Int, batch: Int = 1, images: Int = 1, reduction: [Operator] = []
  ) throws(Diagnostic) {
    let counts = [visualTokens.initial, textTokens, images] + visualTokens.changes.map(\.tokens)
    guard counts.allSatisfy((0...Self.tokenLimit).contains), visualTokens.initial + textTokens > 0 else {
      let found = "\(visualTokens.initial) visual and \(textTokens) text tokens"
      throw Diagnostic("expected 1 to \(Self.tokenLimit) tokens in a sequence, found \(found)")
    }
    guard (1...Self.batchLimit).contains(batch) else {
      throw Diagnostic("expected a batch of 1 to \(Self.batchLimit) sequences, found \(batch)")
    }
    self.visualTokens = visualTokens
    self.images = images
    self.textTokens = textTokens
    self.batch = batch
    self.reduction = reduction
  }

  /// A prefill with the same number of visual tokens in every layer.
  public init(
    visualTokens: Int, textTokens: Int, batch: Int = 1, images: Int = 1, reduction: [Operator] = []
  ) throws(Diagnostic) {
    try self.init(
      visualTokens: TokenSchedule(visualTokens), textTokens: textTokens, batch: batch, images: images,
      reduction: reduction)
  }
}

/// Which steps share a kernel.
public enum Kernels: String, Sendable, Hashable, CaseIterable {
  /// As serving engines do: attention, residual and norm, gate and up, and SwiGLU are one kernel each.
  case fused
  /// As a plain framework does: every step reads and writes memory.
  case eager
}
