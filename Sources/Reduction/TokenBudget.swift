package import Architectures
internal import ReductionMethods

/// What decides how a method is told to leave a number of tokens.
package struct TokenBudget: Sendable {
  /// Visual tokens that should be left, at most.
  package let tokens: Int
  /// The patches of an image.
  package let grid: VisualFeatures.Grid
  /// The encoder and the layers of it that run, if there is one.
  package let encoder: (VisionEncoder, layersUsed: Int)?
  /// Layers of the language model.
  package let languageLayers: Int

  /// At most `tokens` of a grid of patches, for methods inside the language model on average over its layers.
  package init(
    tokens: Int, grid: VisualFeatures.Grid, encoder: (VisionEncoder, layersUsed: Int)? = nil, languageLayers: Int = 32
  ) {
    self.tokens = tokens
    self.grid = grid
    self.encoder = encoder
    self.languageLayers = languageLayers
  }

  /// The patches of an image.
  var patches: Int { grid.rows * grid.columns }

  /// The first of `specifications` that leaves at most the budget inside the encoder.
  func first(_ specifications: some Sequence<String>) -> String? {
    guard let encoder else { return nil }
    for specification in specifications {
      guard let reducer = try? Reducers.method(specification) as? any EncoderReducer,
        let plan = try? reducer.plan(for: encoder.0, layersUsed: encoder.layersUsed)
      else { return nil }
      if plan.visualTokens <= tokens { return specification }
    }
    return nil
  }

  /// The specification with which a method comes closest to the budget without exceeding it; nil if it cannot.
  package func specification(of method: Reducers.Method) -> String? {
    guard (1...patches).contains(tokens) else { return nil }
    return method.setting(self)
  }

  /// The share of the patches of which PruMerge makes so many: a half more, so that rounding cannot lose one.
  func share(_ count: Int) -> Double {
    let share = min(1, (Double(count) + 0.5) / Double(patches))
    let short = (share * 10_000).rounded() / 10_000
    return Int(short * Double(patches)) == count ? short : share
  }
}
