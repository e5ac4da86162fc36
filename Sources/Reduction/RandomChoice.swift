package import Documents
package import Operators
package import ReductionMethods

/// Keeps patches chosen by lot, the baseline that Z. Wen and others (arXiv:2502.11501) find hard to beat.
package struct RandomChoice: TokenReducer, Equatable {
  private let count, seed: Int

  init(_ arguments: inout ReducerArguments) throws(Diagnostic) {
    count = try arguments.takeCount("the number of tokens to keep, as in random:40,seed=1")
    seed = try arguments.takeInteger("seed", in: 0...Int(UInt32.max)) ?? 0
  }

  /// The specification that makes this reducer again.
  package var name: String { "random:\(count),seed=\(seed)" }

  /// The tokens of patches that depend on the seed and the number of patches alone, in reading order.
  ///
  /// The patches are shuffled from the end (Durstenfeld's method): for i from the last to 1, patch i changes places with
  /// patch (next number of SplitMix64) mod (i + 1). Written out, so that no library can change the choice.
  /// - Throws: `Diagnostic` if there are fewer patches.
  package func reduce(_ features: VisualFeatures) throws(Diagnostic) -> ReducedTokens {
    try features.check(count, for: name)
    var generator = SplitMix(state: UInt64(seed))
    var patches = [Int](0..<features.patches)
    for last in stride(from: patches.count - 1, to: 0, by: -1) {
      patches.swapAt(last, Int(generator.next() % UInt64(last + 1)))
    }
    return features.selecting(patches.prefix(count).sorted())
  }

  /// Copying the tokens.
  package func operators(_ shape: ReductionShape) -> [Operator] { [shape.gather()] }
}

/// S. Vigna's SplitMix64: the same seed gives the same numbers on every platform.
private struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var bits = state
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
  }
}

extension Reducers.Method {
  static let wrongProblemPaper = Citation(
    title: "Token Pruning in Multimodal Large Language Models: Are We Solving the Right Problem?",
    authors: "Z. Wen, Y. Gao, W. Li, C. He, L. Zhang", arXiv: "2502.11501")

  static let random = Self(
    name: "random", usage: "random:N[,seed=S]", example: "random:40,seed=0",
    summary: "keeps N patches chosen by lot", citation: wrongProblemPaper,
    within: { "random:\($0.tokens),seed=0" }
  ) { (arguments) throws(Diagnostic) in try RandomChoice(&arguments) }
}
