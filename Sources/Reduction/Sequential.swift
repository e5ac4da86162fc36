package import Documents
package import Operators
package import ReductionMethods

/// Keeps the first patches in reading order: the baseline of Table 4 of LLaVA-PruMerge (arXiv:2403.15388).
package struct Sequential: TokenReducer, Equatable {
  private let count: Int

  init(_ arguments: inout ReducerArguments) throws(Diagnostic) {
    count = try arguments.takeCount("the number of tokens to keep, as in sequential:40")
  }

  /// The specification that makes this reducer again.
  package var name: String { "sequential:\(count)" }

  /// The tokens of patches 0, 1, ... as they are.
  ///
  /// - Throws: `Diagnostic` if there are fewer patches.
  package func reduce(_ features: VisualFeatures) throws(Diagnostic) -> ReducedTokens {
    try features.check(count, for: name)
    return features.selecting([Int](0..<count))
  }

  /// Copying the tokens.
  package func operators(_ shape: ReductionShape) -> [Operator] { [shape.gather()] }
}

extension Reducers.Method {
  static let sequential = Self(
    name: "sequential", usage: "sequential:N", example: "sequential:40",
    summary: "keeps the first N patches in reading order", citation: pruMergePaper,
    within: { "sequential:\($0.tokens)" }
  ) { (arguments) throws(Diagnostic) in try Sequential(&arguments) }
}
