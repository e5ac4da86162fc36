/// One method, or two that work one after the other, as in `prumerge/fastv:K=2,R=0.5`.
///
/// The first makes the encoder's tokens fewer, inside it or behind it, the second drops some of those inside the
/// language model. Other chains make no sense: behind one reduction there are no keys, queries and grid for another.
public struct ReducerChain: Sendable {
  /// The specification that makes this chain again.
  public let name: String
  /// What works inside the encoder, if anything.
  package let encoder: (any EncoderReducer)?
  /// What works on the encoder's features, if anything.
  public let features: (any FeatureReducer)?
  /// What works inside the language model, if anything.
  package let language: (any LanguageReducer)?

  /// The chain of one reducer of features.
  public init(_ reducer: any FeatureReducer) {
    (name, encoder, features, language) = (reducer.name, nil, reducer, nil)
  }

  /// The chain of one method, or of two; nil for an order that makes no sense.
  ///
  /// A method that can work inside the encoder does, even if it also has a single step on features.
  public init?(_ methods: [any ReductionMethod]) {
    let first = methods.first
    let last = methods.count == 2 ? methods.last : nil
    guard methods.count == 1 || (methods.count == 2 && !(first is any LanguageReducer) && last is any LanguageReducer)
    else { return nil }
    name = methods.map(\.name).joined(separator: "/")
    encoder = first as? any EncoderReducer
    features = encoder == nil ? first as? any FeatureReducer : nil
    language = (last ?? first) as? any LanguageReducer
  }
}
