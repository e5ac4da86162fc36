/// What a reducer left of an image's tokens.
public struct ReducedTokens: Sendable, Equatable {
  /// The tokens that the language model reads instead, [count, width].
  public let tokens: Matrix
  /// The patches (from 0, in reading order) that the first tokens stand for, in the order of the tokens.
  ///
  /// Shorter than `count` where tokens were added that stand for no one patch. A reducer that keeps a patch twice
  /// lists it twice; one that keeps the class token lists that as -1.
  public let kept: [Int]
  /// Which token each patch went into, -1 if it was dropped: as many numbers as patches.
  ///
  /// Nil for methods that merge nothing, and for those that fold a patch into several tokens (PruMerge).
  public let assignment: [Int]?
  /// What the user should know of this result, if anything.
  public let note: String?

  /// A result of a reducer.
  public init(tokens: Matrix, kept: [Int], assignment: [Int]? = nil, note: String? = nil) {
    self.tokens = tokens
    self.kept = kept
    self.assignment = assignment
    self.note = note
  }

  /// The number of tokens, those added included.
  public var count: Int { tokens.rows }
}
