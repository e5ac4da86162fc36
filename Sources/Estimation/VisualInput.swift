public import Architectures
public import Documents
public import Reduction

/// The visual tokens of a request: all that the encoder makes, a given number, or what a reducer leaves.
public struct VisualInput: Sendable {
  /// Visual tokens that enter the language model, per layer.
  public var tokens: TokenSchedule
  /// What made them fewer than the encoder's.
  public var reduction: Reduction?

  /// A reducer's run on the features of a sample.
  public struct Reduction: Sendable {
    /// What ran.
    public var reducer: any TokenReducer
    /// What it made of the sample.
    public var result: ReducedTokens
    /// The sample's name or file.
    public var sample: String
    /// Whether the sample comes from a generator, not from an image.
    public var isSynthetic: Bool
    /// Width of the features.
    public var width: Int
    /// Visual tokens before.
    public var tokensBefore: Int
  }

  /// So many visual tokens in every layer, not reduced.
  public static func tokens(_ count: Int) -> VisualInput { VisualInput(tokens: TokenSchedule(count), reduction: nil) }

  /// What `reducer`, run now, leaves of the visual tokens of an image.
  ///
  /// - Throws: `Diagnostic` if the reducer cannot work on these features.
  public static func reduced(by reducer: any TokenReducer, _ features: VisualFeatures) throws(Diagnostic) -> VisualInput
  {
    let result = try reducer.reduce(features)
    return VisualInput(
      tokens: TokenSchedule(result.count),
      reduction: Reduction(
        reducer: reducer, result: result, sample: features.name, isSynthetic: features.isSynthetic,
        width: features.width, tokensBefore: features.patches))
  }
}
