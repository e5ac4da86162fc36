public import Architectures
public import Documents
public import Reduction

/// The visual tokens of a request: all that the encoder makes, a given number, or what a reducer leaves.
public struct VisualInput: Sendable {
  /// Visual tokens that enter the language model, per layer.
  public var tokens: TokenSchedule
  /// What made them fewer than the encoder's.
  public var reduction: Reduction?

  /// What a method, or a chain of two, makes of the visual tokens.
  public struct Reduction: Sendable {
    /// The methods.
    public var reducer: ReducerChain
    /// What the reducer of features made of the sample; nil for methods that need none.
    public var result: ReducedTokens?
    /// The sample's name or file, if one was reduced.
    public var sample: String?
    /// Whether the sample comes from a generator, not from an image.
    public var isSynthetic: Bool
    /// Width of the features, if any were reduced.
    public var width: Int?
    /// Visual tokens before.
    public var tokensBefore: Int
    /// What happens inside the encoder, if anything.
    public var encoderPlan: EncoderPlan?
    /// What the user should know of the methods, if anything.
    public var note: String? { result?.note ?? encoderPlan?.note }
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
        reducer: ReducerChain(reducer), result: result, sample: features.name, isSynthetic: features.isSynthetic,
        width: features.width, tokensBefore: features.patches))
  }

  /// What a chain of methods leaves of the visual tokens of an image in a model.
  ///
  /// `features` are made only if a method needs them: one on features, or any where the model has no encoder that says
  /// how many tokens there are.
  /// - Throws: `Diagnostic` if the model lacks the part that a method works in, or a method does not suit it.
  public static func reduced(
    by chain: ReducerChain, in model: Model, features: () throws(Diagnostic) -> VisualFeatures
  ) throws(Diagnostic) -> VisualInput {
    var input: VisualInput
    if let reducer = chain.features {
      input = try .reduced(by: reducer, features())
      input.reduction?.reducer = chain
    } else {
      let before = if let patches = model.tokensPerImage { patches } else { try features().patches }
      let plan = try encoderPlan(of: chain, in: model)
      input = VisualInput(
        tokens: TokenSchedule(plan?.visualTokens ?? before),
        reduction: Reduction(
          reducer: chain, result: nil, sample: nil, isSynthetic: false, width: nil, tokensBefore: before,
          encoderPlan: plan))
    }
    if let reducer = chain.language {
      guard let language = model.language else {
        throw Diagnostic("\(reducer.name) works inside a language model; \(model.name) has none")
      }
      guard language.crossAttention == nil else {
        throw Diagnostic(
          "\(reducer.name) drops visual tokens from the prompt, and that of \(model.name) has none: they are read by "
            + "cross-attention")
      }
      input.tokens = try reducer.schedule(visualTokens: input.tokens.initial, layers: language.layers)
    }
    return input
  }

  private static func encoderPlan(of chain: ReducerChain, in model: Model) throws(Diagnostic) -> EncoderPlan? {
    guard let reducer = chain.encoder else { return nil }
    guard let vision = model.vision else {
      throw Diagnostic("\(reducer.name) works inside a vision encoder; \(model.name) has none")
    }
    return try reducer.plan(for: vision.encoder, layersUsed: vision.layersUsed)
  }
}
