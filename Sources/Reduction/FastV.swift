package import Architectures
package import Documents
internal import ReductionMethods

/// FastV: drops the visual tokens that the last token attends to least, after the first few layers.
///
/// L. Chen and others, arXiv:2403.06764.
package struct FastV: LanguageReducer, Equatable {
  private let layer: Int
  private let ratio: Double

  init(_ arguments: inout ReducerArguments) throws(Diagnostic) {
    layer = try arguments.takeInteger("K", in: 1...10_000) ?? 2
    ratio = try arguments.takeNumber("R") ?? 0.5
    guard ratio >= 0, ratio <= 1 else {
      throw arguments.error("drops a share R of \(ratio); expected a number from 0 to 1, such as 0.5")
    }
  }

  /// The specification that makes this method again.
  package var name: String { "fastv:K=\(layer),R=\(ratio)" }

  /// All tokens in the first K layers, then round(N (1 - R)).
  ///
  /// - Throws: `Diagnostic` if the model has no more than K layers.
  package func schedule(visualTokens: Int, layers: Int) throws(Diagnostic) -> TokenSchedule {
    guard layer < layers else {
      throw Diagnostic("\(name) drops after layer \(layer); the language model has \(layers)")
    }
    let left = Int((Double(visualTokens) * (1 - ratio)).rounded(.toNearestOrEven))
    return TokenSchedule(initial: visualTokens, changes: [.init(fromLayer: layer, tokens: left)])
  }
}

extension Reducers.Method {
  static let fastV = Self(
    name: "fastv", usage: "fastv[:K=2,R=0.5]", example: "fastv:K=2,R=0.5",
    summary: "drops the share R of the visual tokens after layer K of the language model",
    citation: Citation(
      title:
        "An Image is Worth 1/2 Tokens After Layer 2: Plug-and-Play Inference Acceleration for Large Vision-Language Models",
      authors: "L. Chen, H. Zhao, T. Liu, S. Bai, J. Lin, C. Zhou, B. Chang", arXiv: "2403.06764"),
    within: { $0.fastV }
  ) { (arguments) throws(Diagnostic) in try FastV(&arguments) }
}

extension TokenBudget {
  /// FastV from layer 2 on: all patches in two layers and so many in the others that the mean is the budget.
  fileprivate var fastV: String? {
    let others = languageLayers - 2
    guard others > 0 else { return nil }
    let kept = (tokens * languageLayers - 2 * patches) / others
    guard kept > 0 else { return nil }
    let share = 1 - Double(kept) / Double(patches)
    let short = (share * 10_000).rounded() / 10_000
    return "fastv:K=2,R=\(Int((Double(patches) * (1 - short)).rounded()) == kept ? short : share)"
  }
}
