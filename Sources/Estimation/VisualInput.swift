public import Architectures
public import Documents
public import ReductionMethods

/// The visual tokens of a request: all that the encoder makes, a given number, or what a reducer leaves.
public struct VisualInput: Sendable {
  /// Visual tokens that enter the language model, per layer.
  public var tokens: TokenSchedule
  /// What made them fewer than the encoder's.
  public var reduction: Reduction?

  /// Tokens for each layer, and what made them fewer, if anything.
  package init(tokens: TokenSchedule, reduction: Reduction?) { (self.tokens, self.reduction) = (tokens, reduction) }

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
    /// What the reducer of features left of each tile or frame of a picture, each of which it saw by itself; empty where
    /// `outcome` tells of an image that passes the encoder whole.
    package var parts: [Part] = []
    /// What happens inside the encoder, if anything.
    package var encoderPlan: EncoderPlan?
    /// What a reducer left of a part of a picture.
    package struct Part: Sendable, Hashable {
      /// Patches or, behind a merger, cells that it had; those kept; tokens, those added included.
      package var patches, kept, count: Int

      /// So many tokens of so many patches.
      package init(patches: Int, kept: Int, count: Int) {
        (self.patches, self.kept, self.count) = (patches, kept, count)
      }
    }

    /// What the user should know of the methods, if anything.
    public var note: String? { outcome?.note ?? encoderPlan?.note }

    /// What a chain makes of so many tokens of a sample.
    package init(
      reducer: ReducerChain, outcome: Outcome? = nil, sample: String? = nil, isSynthetic: Bool = false,
      width: Int? = nil, tokensBefore: Int, encoderPlan: EncoderPlan? = nil
    ) {
      (self.reducer, self.outcome, self.sample, self.isSynthetic) = (reducer, outcome, sample, isSynthetic)
      (self.width, self.tokensBefore, self.encoderPlan) = (width, tokensBefore, encoderPlan)
    }
  }

  /// How much a reducer of features left of an image's tokens.
  public struct Outcome: Sendable, Hashable {
    /// Patches that tokens stand for.
    public var kept: Int
    /// Tokens, those added included.
    public var count: Int
    /// What the user should know of the result, if anything.
    public var note: String?

    /// So many patches kept, so many tokens left.
    public init(kept: Int, count: Int, note: String? = nil) {
      (self.kept, self.count, self.note) = (kept, count, note)
    }
  }

  /// So many visual tokens in every layer, not reduced.
  public static func tokens(_ count: Int) -> VisualInput { VisualInput(tokens: TokenSchedule(count), reduction: nil) }

  /// What a chain leaves of so many visual tokens of an image in a model, if none of its methods looks at the image.
  ///
  /// - Throws: `Diagnostic` if the model lacks the part that a method works in, or a method does not suit it.
  public static func planned(
    by chain: ReducerChain, in model: MultimodalModel, of tokens: Int
  ) throws(Diagnostic) -> VisualInput {
    let plan = try encoderPlan(of: chain, in: model)
    var input = VisualInput(
      tokens: TokenSchedule(plan?.visualTokens ?? tokens),
      reduction: Reduction(reducer: chain, tokensBefore: tokens, encoderPlan: plan))
    try input.continueInLanguageModel(by: chain, of: model)
    return input
  }

  /// What a chain leaves of the visual tokens of an image whose first method has run inside an encoder.
  ///
  /// - Parameters:
  ///   - plan: the tokens that the layers really worked on.
  ///   - image: what the image is called.
  /// - Throws: `Diagnostic` if the model lacks the part that the second method works in, or that does not suit it.
  package static func reduced(
    by chain: ReducerChain, in model: MultimodalModel, running plan: EncoderPlan, on image: String
  ) throws(Diagnostic) -> VisualInput {
    var input = VisualInput(
      tokens: TokenSchedule(plan.visualTokens),
      reduction: Reduction(
        reducer: chain, sample: image, tokensBefore: model.tokensPerImage ?? plan.tokens.initial - 1,
        encoderPlan: plan))
    try input.continueInLanguageModel(by: chain, of: model)
    return input
  }

  /// Has the last method of a chain, if it works there, drop tokens in the language model.
  package mutating func continueInLanguageModel(by chain: ReducerChain, of model: MultimodalModel) throws(Diagnostic) {
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

  private static func encoderPlan(of chain: ReducerChain, in model: MultimodalModel) throws(Diagnostic) -> EncoderPlan?
  {
    guard let reducer = chain.encoder else { return nil }
    guard let vision = model.vision else {
      throw Diagnostic("\(reducer.name) works inside a vision encoder; \(model.name) has none")
    }
    return try reducer.plan(for: vision.encoder, layersUsed: vision.layersUsed)
  }
}
