package import Architectures
package import Documents
internal import ReductionMethods

/// PyramidDrop: halves the visual tokens after every quarter of the language model's layers.
///
/// L. Xing and others, arXiv:2410.17247: after layers 8, 16 and 24 of 32 remain 50, 25 and 12.5 %.
package struct PyramidDrop: LanguageReducer, Equatable {
  init(_ arguments: inout ReducerArguments) throws(Diagnostic) {}

  /// The specification that makes this method again.
  package var name: String { "pyramiddrop" }

  /// All tokens in the first quarter of the layers, then int(N / 2), int(N / 4), int(N / 8).
  package func schedule(visualTokens: Int, layers: Int) throws(Diagnostic) -> TokenSchedule {
    TokenSchedule(
      initial: visualTokens,
      changes: (1...3).map { .init(fromLayer: $0 * layers / 4, tokens: visualTokens >> $0) })
  }
}

extension Reducers.Method {
  static let pyramidDrop = Self(
    name: "pyramiddrop", usage: "pyramiddrop",
    summary: "halves the visual tokens after every quarter of the language model's layers",
    citation: Citation(
      title: "PyramidDrop: Accelerating Your Large Vision-Language Models via Pyramid Visual Redundancy Reduction",
      authors: "L. Xing, Q. Huang, X. Dong, J. Lu, P. Zhang, Y. Zang, Y. Cao, C. He, J. Wang, F. Wu, D. Lin",
      arXiv: "2410.17247"),
    within: { _ in "pyramiddrop" }
  ) { (arguments) throws(Diagnostic) in try PyramidDrop(&arguments) }
}
