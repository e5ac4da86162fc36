public import Architectures
public import Documents
public import Estimation
public import ReductionMethods

extension VisualInput {
  /// What `reducer`, run now, leaves of the visual tokens of an image.
  ///
  /// - Throws: `Diagnostic` if the reducer cannot work on these features.
  public static func reduced(by reducer: any TokenReducer, _ features: VisualFeatures) throws(Diagnostic) -> VisualInput
  {
    let result = try reducer.reduce(features)
    return VisualInput(
      tokens: TokenSchedule(result.count),
      reduction: Reduction(
        reducer: ReducerChain(reducer),
        outcome: Outcome(kept: result.kept.count, count: result.count, note: result.note), sample: features.name,
        isSynthetic: features.isSynthetic, width: features.width, tokensBefore: features.patches))
  }

  /// What a chain, whose reducer of features has run on each tile of a picture or frame of a clip, leaves of it in a model.
  ///
  /// - Throws: `Diagnostic` if the model lacks the part that the second method works in, or that does not suit it.
  package static func reduced(
    by chain: ReducerChain, in model: MultimodalModel, tiles: [ReducedTokens.Tile], of picture: String, width: Int
  ) throws(Diagnostic) -> VisualInput {
    let parts = tiles.map { tile in
      Reduction.Part(patches: tile.patches, kept: tile.result.kept.count, count: tile.result.count)
    }
    let count = parts.reduce(0) { $0 + $1.count }
    let outcome = Outcome(
      kept: parts.reduce(0) { $0 + $1.kept }, count: count, note: tiles.lazy.compactMap(\.result.note).first)
    var input = VisualInput(
      tokens: TokenSchedule(count),
      reduction: Reduction(
        reducer: chain, outcome: outcome, sample: picture, width: width,
        tokensBefore: model.visualTokens ?? parts.reduce(0) { $0 + $1.patches }))
    input.reduction?.parts = parts
    try input.continueInLanguageModel(by: chain, of: model)
    return input
  }

  /// What a chain of methods leaves of the visual tokens of an image in a model.
  ///
  /// `features` are made only if a method needs them: one on features, or any where the model has no encoder that says
  /// how many tokens there are.
  /// - Throws: `Diagnostic` if the model lacks the part that a method works in, or a method does not suit it.
  public static func reduced(
    by chain: ReducerChain, in model: MultimodalModel, features: () throws(Diagnostic) -> VisualFeatures
  ) throws(Diagnostic) -> VisualInput {
    guard let reducer = chain.features as? any TokenReducer else {
      let before = if let patches = model.tokensPerImage { patches } else { try features().patches }
      return try .planned(by: chain, in: model, of: before)
    }
    var input = try VisualInput.reduced(by: reducer, features())
    input.reduction?.reducer = chain
    try input.continueInLanguageModel(by: chain, of: model)
    return input
  }
}
