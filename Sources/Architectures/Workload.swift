public import Documents

/// What a model is asked to do: how many tokens and sequences.
public struct Workload: Sendable, Hashable {
  /// More tokens in one sequence are refused as a slip of the keyboard.
  public static let tokenLimit = 1_048_576
  /// More sequences in one batch are refused.
  public static let batchLimit = 65_536

  /// More tokens in the cache, or generated, are refused.
  public static let positionLimit = 1_000_000_000

  /// Sequences that are processed together.
  public let batch: Int
  /// Tokens of one sequence that are in the key-value cache before the request.
  public private(set) var context: Int
  /// Tokens that are generated for one sequence, the first by the prefill, each other by a step of decoding; 0 for a
  /// prefill alone.
  public let outputTokens: Int
  /// Text tokens of one sequence.
  public let textTokens: Int
  /// Visual tokens of one sequence that enter the language model, per layer.
  public let visualTokens: TokenSchedule
  /// Tokens of one image inside the vision encoder, class token included, per layer; nil if it works on all of them.
  public let encoderTokens: TokenSchedule?
  /// Images of one sequence that pass the vision encoder; ignored without one.
  public let images: Int
  /// What reducing the visual tokens of all sequences costs, from the reducer's own bill.
  package var reduction = ReductionBill()
  /// Tokens of a sequence that the connector makes, where reducers work on tiles, on frames or behind it; nil where it makes
  /// those that its pictures, or what is left of them, have.
  package var connectorTokens: Int?

  /// Over how many devices the work is spread.
  public let parallelism: Parallelism

  /// Sequences that one device works on: all of them, or its share where experts are shared.
  public var ownBatch: Int { parallelism.own(batch) }

  /// Steps of decoding: one for every generated token but the first.
  public var decodeSteps: Int { max(0, outputTokens - 1) }

  /// Tokens of one sequence in the first layer.
  public var tokens: Int { visualTokens.initial + textTokens }

  /// A prefill of `batch` sequences with so many visual and text tokens each, after `context` tokens that are cached,
  /// and the generation of `outputTokens`.
  ///
  /// - Throws: `Diagnostic` if there are no tokens at all, or more tokens or sequences than the limits.
  public init(
    visualTokens: TokenSchedule, textTokens: Int, batch: Int = 1, images: Int = 1,
    encoderTokens: TokenSchedule? = nil, context: Int = 0, outputTokens: Int = 0,
    parallelism: Parallelism = Parallelism()
  ) throws(Diagnostic) {
    let schedules = [visualTokens] + (encoderTokens.map { [$0] } ?? [])
    let counts = [textTokens, images] + schedules.flatMap { [$0.initial] + $0.changes.map(\.tokens) }
    let fewest = ([visualTokens.initial] + visualTokens.changes.map(\.tokens)).min() ?? 0
    guard counts.allSatisfy((0...Self.tokenLimit).contains), fewest + textTokens > 0 else {
      let found = "\(visualTokens.initial) visual and \(textTokens) text tokens"
      throw Diagnostic("expected 1 to \(Self.tokenLimit) tokens in a sequence, found \(found)")
    }
    if let flaw = schedules.lazy.compactMap(\.flaw).first {
      throw Diagnostic("expected one number of tokens for every layer of a schedule, found \(flaw)")
    }
    guard (1...Self.batchLimit).contains(batch) else {
      throw Diagnostic("expected a batch of 1 to \(Self.batchLimit) sequences, found \(batch)")
    }
    for (count, what) in [(context, "a context"), (outputTokens, "an output")] {
      guard (0...Self.positionLimit).contains(count) else {
        throw Diagnostic("expected \(what) of 0 to \(Self.positionLimit) tokens, found \(count)")
      }
    }
    self.parallelism = parallelism
    self.context = context
    self.outputTokens = outputTokens
    self.visualTokens = visualTokens
    self.encoderTokens = encoderTokens
    self.images = images
    self.textTokens = textTokens
    self.batch = batch
  }

  /// The same request behind so many cached tokens of each sequence, 0 to `positionLimit`.
  package func behind(_ context: Int) -> Workload {
    var other = self
    other.context = context
    return other
  }

  /// A prefill with the same number of visual tokens in every layer.
  public init(
    visualTokens: Int, textTokens: Int, batch: Int = 1, images: Int = 1, context: Int = 0, outputTokens: Int = 0
  ) throws(Diagnostic) {
    try self.init(
      visualTokens: TokenSchedule(visualTokens), textTokens: textTokens, batch: batch, images: images,
      context: context, outputTokens: outputTokens)
  }
}

extension Accounting {
  /// Which steps share a kernel.
  public enum Kernels: String, Sendable, Hashable, CaseIterable {
    /// As serving engines do: attention, residual and norm, gate and up, and SwiGLU are one kernel each.
    case fused
    /// As a plain framework does: every step reads and writes memory.
    case eager
  }
}
