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
    /// How much the reducer of features left of the sample; nil for methods that need none.
    public var outcome: Outcome?
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
    public var note: String? { outcome?.note ?? encoderPlan?.note }
  }

  /// How much a reducer of features left of an image's tokens.
  public struct Outcome: Sendable, Hashable {
    /// Patches that tokens stand for.
    public var kept: Int
    /// Tokens, those added included.
    public var count: Int
    /// What the user should know of the result, if anything.
    public var note: String?

    init(_ result: ReducedTokens) {
      (kept, count, note) = (result.kept.count, result.count, result.note)
    }
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
        reducer: ReducerChain(reducer), outcome: Outcome(result), sample: features.name,
        isSynthetic: features.isSynthetic,
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
          reducer: chain, outcome: nil, sample: nil, isSynthetic: false, width: nil, tokensBefore: before,
          encoderPlan: plan))
    }
    try input.continueInLanguageModel(by: chain, of: model)
    return input
  }

  /// What a chain leaves of the visual tokens of an image whose first method has run inside an encoder.
  ///
  /// - Parameters:
  ///   - plan: the tokens that the layers really worked on.
  ///   - image: what the image is called.
  /// - Throws: `Diagnostic` if the model lacks the part that the second method works in, or that does not suit it.
  public static func reduced(
    by chain: ReducerChain, in model: Model, running plan: EncoderPlan, on image: String
  ) throws(Diagnostic) -> VisualInput {
    var input = VisualInput(
      tokens: TokenSchedule(plan.visualTokens),
      reduction: Reduction(
        reducer: chain, outcome: nil, sample: image, isSynthetic: false, width: nil,
        tokensBefore: model.tokensPerImage ?? plan.tokens.initial - 1, encoderPlan: plan))
    try input.continueInLanguageModel(by: chain, of: model)
    return input
  }

  /// Has the last method of a chain, if it works there, drop tokens in the language model.
  private mutating func continueInLanguageModel(by chain: ReducerChain, of model: Model) throws(Diagnostic) {
    guard let reducer = chain.language else { return }
    guard let language = model.language else {
      throw Diagnostic("\(reducer.name) works inside a language model; \(model.name) has none")
    }
    guard language.crossAttention == nil else {
      throw Diagnostic(
        "\(reducer.name) drops visual tokens from the prompt, and that of \(model.name) has none: they are read by "
          + "cross-attention")
    }
    tokens = try reducer.schedule(visualTokens: tokens.initial, layers: language.layers)
  }

  private static func encoderPlan(of chain: ReducerChain, in model: Model) throws(Diagnostic) -> EncoderPlan? {
    guard let reducer = chain.encoder else { return nil }
    guard let vision = model.vision else {
      throw Diagnostic("\(reducer.name) works inside a vision encoder; \(model.name) has none")
    }
    return try reducer.plan(for: vision.encoder, layersUsed: vision.layersUsed)
  }
}
