package import Documents
internal import Operators

/// One trip of a language model over groups of equal sequences: the unit of work.
///
/// A prefill is one group; a step of decoding is `(batch, 1, context)`; a chunk of a prefill beside running decodes is
/// two groups or more; checking g speculated tokens is `(batch, g + 1, context)`.
public struct Pass: Sendable, Hashable {
  /// Equal sequences.
  public struct Group: Sendable, Hashable {
    /// How many sequences.
    public var sequences: Int
    /// Tokens of each that pass the model now.
    public var newTokens: Int
    /// Tokens of each that are in the key-value cache and are attended to as well.
    public var context: Int
    /// New visual tokens of each: part of `newTokens` or, where layers of their own read images, beside them.
    public var visualTokens: Int
    /// Visual tokens of each in the cache of layers of their own, from earlier passes; 0 in models without such layers.
    public var cachedVisualTokens: Int
    /// Tokens of each that pass the feed-forward blocks, where a reducer drops some before; else `newTokens`.
    var leavingTokens: Int?

    /// So many sequences of `newTokens` tokens each, after `context` cached ones.
    public init(
      sequences: Int = 1, newTokens: Int, context: Int = 0, visualTokens: Int = 0, cachedVisualTokens: Int = 0
    ) {
      self.sequences = sequences
      self.newTokens = newTokens
      self.context = context
      self.visualTokens = visualTokens
      self.cachedVisualTokens = cachedVisualTokens
    }

    /// Tokens of each that leave a layer.
    var leaving: Int { leavingTokens ?? newTokens }
  }

  /// Consecutive layers that work on the same tokens.
  struct Stretch: Sendable, Hashable {
    var layers: Int
    var groups: [Group]
  }

  /// More new tokens of a sequence are refused: a prompt's visual ones and its text.
  public static let tokenLimit = 2 * Workload.tokenLimit
  /// Longer contexts are refused: a request's own context, its prompt and all that it generates.
  public static let contextLimit = 2 * Workload.positionLimit + tokenLimit

  /// New tokens of a sequence that stream the cache: as many as fit into one tile of queries. Kernels for few queries
  /// (split-KV decoding in FlashAttention and FlashInfer) pack those of the heads that share keys into tiles.
  package static var fewTokens: Int { Int(AttentionSums.tileSide) }

  /// The groups as they enter the first layer.
  public var groups: [Group]
  /// Positions of all sequences whose logits are wanted.
  public var logits: Int
  /// All layers by the tokens that they work on, where a reducer drops some between them; else empty.
  var stretches: [Stretch] = []

  /// A pass over some groups; logits of the last position of every sequence unless stated otherwise.
  public init(_ groups: [Group], logits: Int? = nil) {
    self.groups = groups
    // Numbers of sequences that wrap around are refused by `check`.
    self.logits = logits ?? groups.reduce(0) { $0 &+ $1.sequences }
  }

  /// A pass under a reducer: `group` for each run of layers. All tokens are embedded, also those that no layer gets.
  init(_ schedule: TokenSchedule, layers: Int, logits: Int, group: (TokenSchedule.Run) -> Group) {
    let all = TokenSchedule.Run(tokens: schedule.initial, leaving: schedule.initial, layers: layers)
    let runs = schedule.runs(layers: layers)
    self.init([group(all)], logits: logits)
    if runs != [all] { stretches = runs.map { Stretch(layers: $0.layers, groups: [group($0)]) } }
  }

  /// The same pass after so many like it: every context has grown by as many times the new tokens, or to the largest
  /// integer.
  public func advanced(by passes: Int) -> Pass {
    var copy = self
    copy.groups.advance(by: passes)
    for index in copy.stretches.indices { copy.stretches[index].groups.advance(by: passes) }
    return copy
  }

  /// Refuses what is no pass of a model: none or too many sequences, tokens or positions, visual tokens that are no part
  /// of the new ones or, in layers that `readImages` apart, of no cache.
  ///
  /// - Throws: `Diagnostic` that says what was expected.
  package func check(readsImages: Bool) throws(Diagnostic) {
    guard !groups.isEmpty else { throw Diagnostic("a pass has at least one group of sequences") }
    var positions = 0
    for group in groups {
      let tokens = 1...Self.tokenLimit
      guard (1...Workload.batchLimit).contains(group.sequences), tokens.contains(group.newTokens),
        tokens.contains(group.leaving), (0...Self.contextLimit).contains(group.context)
      else {
        throw Diagnostic(
          "expected a group of 1 to \(Workload.batchLimit) sequences of 1 to \(Self.tokenLimit) new tokens after 0 to "
            + "\(Self.contextLimit), found \(group.sequences) of \(group.newTokens) after \(group.context)")
      }
      guard (0...(readsImages ? Self.tokenLimit : group.newTokens)).contains(group.visualTokens),
        (0...(readsImages ? Self.tokenLimit : 0)).contains(group.cachedVisualTokens)
      else {
        throw Diagnostic(
          "expected visual tokens that are part of the new ones, found \(group.visualTokens) new and "
            + "\(group.cachedVisualTokens) cached beside \(group.newTokens); only models with layers that read images have "
            + "others")
      }
      positions += group.sequences * group.newTokens
    }
    guard (0...positions).contains(logits) else {
      throw Diagnostic("expected logits of at most the \(positions) positions of the pass, found \(logits)")
    }
  }

  /// Whether it is what rules of prefills alone know: one group that meets an empty cache.
  package var isPrefillOfOneGroup: Bool { groups.count == 1 && groups[0].context == 0 }

  /// The groups of every run of layers, in a model of so many.
  func stretches(layers: Int) -> [Stretch] {
    stretches.isEmpty ? [Stretch(layers: layers, groups: groups)] : stretches
  }

  /// The share of the sequences that the busiest of some devices works on.
  func ownShare(_ parallelism: Parallelism) -> OwnShare {
    let sequences = groups.reduce(0) { $0 + $1.sequences }
    return OwnShare(own: Double(parallelism.own(sequences)), all: Double(sequences))
  }
}

/// The share of a pass's sequences that one device works on.
struct OwnShare {
  let own, all: Double

  /// All of them.
  static var all: OwnShare { OwnShare(own: 1, all: 1) }

  /// That share of a number; whole where all groups are one.
  func of(_ number: Double) -> Double { own == all ? number : number * own / all }
}

extension [Pass.Group] {
  /// So many tokens of every sequence, of all groups together.
  @inline(__always)
  func rows(_ tokens: (Pass.Group) -> Int) -> Double {
    var rows = 0.0
    for group in self { rows += Double(group.sequences) * Double(tokens(group)) }
    return rows
  }

  fileprivate mutating func advance(by passes: Int) {
    for index in indices {
      let (grown, isTooMuch) = passes.multipliedReportingOverflow(by: self[index].newTokens)
      let (context, isTooLong) = self[index].context.addingReportingOverflow(grown)
      self[index].context = isTooMuch || isTooLong ? .max : context
    }
  }
}

extension Workload {
  /// The prefill: every token of the prompt through every layer, logits for the last position only.
  package func prefill(of language: LanguageModel) -> Pass {
    let visual = visualTokens.initial
    return Pass(language.prompt(self), layers: language.layers, logits: batch) { run in
      var group = Pass.Group(sequences: batch, newTokens: run.tokens, context: context, visualTokens: visual)
      if run.leaving != run.tokens { group.leavingTokens = run.leaving }
      return group
    }
  }

  /// A step of decoding, counted from 0: one token of every sequence, after the context, what each layer kept of the
  /// prompt, and the tokens generated before.
  package func decodeStep(_ step: Int, of language: LanguageModel) -> Pass {
    let images = language.crossAttention == nil ? 0 : visualTokens.initial
    let cached = language.prompt(self).adding(context + step)
    return Pass(cached, layers: language.layers, logits: batch) { run in
      Pass.Group(sequences: batch, newTokens: 1, context: run.tokens, cachedVisualTokens: images)
    }
  }

  /// The pass after which the cache is fullest: the last step of decoding, or the prefill where there is none.
  func lastPass(of language: LanguageModel) -> Pass {
    decodeSteps > 0 ? decodeStep(decodeSteps - 1, of: language) : prefill(of: language)
  }
}
