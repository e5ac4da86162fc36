public import Documents
internal import ReductionMethods

/// PruMerge: keeps the patches whose class attention is an outlier and folds the others into them.
///
/// Y. Shang, M. Cai, B. Xu, Y. J. Lee, Y. Yan, "LLaVA-PruMerge: Adaptive Token Reduction for Efficient Large Multimodal
/// Models", arXiv:2403.15388, and the code at https://github.com/42Shawn/LLaVA-PruMerge. They differ; see `Variant`.
public struct PruMerge: TokenReducer, Equatable {
  /// Which PruMerge is meant.
  public enum Variant: Sendable {
    /// As its code was released, which is what people run: neighbours by the cosine of their keys, each kept token
    /// added to the weighted sum of its neighbours, and one more token, last, for all patches that are not kept.
    case released
    /// As the paper describes it: neighbours by the dot product of their keys, each kept token replaced by the weighted
    /// sum of its neighbours (the paper's Algorithm 1), and no further token. Where the paper is silent (the heads of
    /// the class attention), as released.
    case paper
  }

  let settings: PruMergeSettings

  /// PruMerge that keeps as many patches as have outlying attention.
  public init(_ variant: Variant = .released) { settings = PruMergeSettings(variant: variant) }

  /// PruMerge that keeps the share `ratio` of the patches, above 0 and at most 1.
  ///
  /// - Throws: `Diagnostic` for any other ratio.
  public init(_ variant: Variant = .released, ratio: Double) throws(Diagnostic) {
    settings = try PruMergeSettings(variant: variant, ratio: ratio)
  }

  init(_ arguments: inout ReducerArguments) throws(Diagnostic) { settings = try PruMergeSettings(&arguments) }

  /// The specification that makes this reducer again.
  public var name: String { settings.specification("prumerge") }

  /// The merged tokens, most attention first.
  ///
  /// Where no patch is kept, the released variant leaves the one token for all patches, the paper's none; a note says
  /// so.
  /// - Throws: `Diagnostic` for features so large that their products overflow.
  public func reduce(_ features: VisualFeatures) throws(Diagnostic) -> ReducedTokens {
    let attention = try settings.attention(features, for: name)
    let chosen = settings.chosen(attention)
    let merging = try TokenMerging(features, attention: attention, variant: settings.variant)
    return try merging.tokens(
      chosen, rest: features.patches(without: chosen), note: settings.note(on: chosen, attention))
  }
}

extension Reducers.Method {
  static let pruMergePaper = Citation(
    title: "LLaVA-PruMerge: Adaptive Token Reduction for Efficient Large Multimodal Models",
    authors: "Y. Shang, M. Cai, B. Xu, Y. J. Lee, Y. Yan", arXiv: "2403.15388")

  static let pruMerge = Self(
    name: "prumerge", usage: "prumerge[:paper,ratio=R,query=mean,bill=released]",
    summary: "keeps the patches with outlying class attention and folds the others into them",
    citation: pruMergePaper,
    within: { $0.tokens > 1 ? "prumerge:ratio=\($0.share($0.tokens - 1))" : nil }
  ) { (arguments) throws(Diagnostic) in try PruMerge(&arguments) }
}
