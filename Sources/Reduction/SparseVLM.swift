package import Architectures
package import Documents
internal import ReductionMethods

/// SparseVLM: drops visual tokens that the text attends to little, after three layers of the language model.
///
/// Y. Zhang and others, arXiv:2410.04417, and the code at https://github.com/Gumpest/SparseVLMs. Layers 2, 6 and 15
/// (from 0) run in full and drop behind themselves. The few tokens into which the code's first version clusters some of
/// those dropped are not counted; its second version has none.
package struct SparseVLM: LanguageReducer, Equatable {
  /// The tokens left of 576, by the mean number that a budget is called after.
  private static let budgets = [192: [300, 200, 110], 128: [303, 110, 36], 64: [66, 30, 17]]

  private let budget: Int
  private let counts: [Int]

  init(_ arguments: inout ReducerArguments) throws(Diagnostic) {
    let budget = try arguments.takeCount("a budget of 192, 128 or 64, as in sparsevlm:192")
    guard let counts = Self.budgets[budget] else {
      throw arguments.error("has a budget of \(budget); published are 192, 128 and 64")
    }
    (self.budget, self.counts) = (budget, counts)
  }

  /// The specification that makes this method again.
  package var name: String { "sparsevlm:\(budget)" }

  /// Every token of the question decides.
  package func raters(of textTokens: Int) -> Int { textTokens }

  /// All tokens in the first three layers, then the published numbers, or all where there are fewer.
  ///
  /// - Throws: `Diagnostic` if the model has no more than 16 layers.
  package func schedule(visualTokens: Int, layers: Int) throws(Diagnostic) -> TokenSchedule {
    guard layers > 16 else { throw Diagnostic("\(name) drops after layer 16; the language model has \(layers)") }
    return TokenSchedule(
      initial: visualTokens,
      changes: zip([3, 7, 16], counts).map { .init(fromLayer: $0, tokens: min($1, visualTokens)) })
  }
}

extension Reducers.Method {
  static let sparseVLM = Self(
    name: "sparsevlm", usage: "sparsevlm:192|128|64", example: "sparsevlm:192",
    summary: "drops visual tokens that the text attends to little, after layers 2, 6 and 15 (from 0)",
    citation: Citation(
      title: "SparseVLM: Visual Token Sparsification for Efficient Vision-Language Model Inference",
      authors: """
        Y. Zhang, C.-K. Fan, J. Ma, W. Zheng, T. Huang, K. Cheng, D. Gudovskiy, T. Okuno, Y. Nakata, K. Keutzer, \
        S. Zhang
        """,
      arXiv: "2410.04417"),
    within: { budget in [192, 128, 64].first { $0 <= budget.tokens }.map { "sparsevlm:\($0)" } }
  ) { (arguments) throws(Diagnostic) in try SparseVLM(&arguments) }
}
