public import Documents

/// One method, or two that work one after the other, as in `prumerge/fastv:K=2,R=0.5`.
///
/// The first makes the encoder's tokens fewer, inside it or behind it, the second drops some of those inside the
/// language model. Other chains make no sense: behind one reduction there are no keys, queries and grid for another.
public struct ReducerChain: Sendable {
  /// The specification that makes this chain again.
  public let name: String
  /// What works inside the encoder, if anything.
  public let encoder: (any EncoderReducer)?
  /// What works on the encoder's features, if anything.
  public let features: (any TokenReducer)?
  /// What works inside the language model, if anything.
  public let language: (any LanguageReducer)?

  /// The chain of one reducer of features.
  public init(_ reducer: any TokenReducer) {
    (name, encoder, features, language) = (reducer.name, nil, reducer, nil)
  }

  /// The chain that `specification` describes: methods with slashes between them.
  ///
  /// A method that can work inside the encoder does; `TokenReducer` is its single step on features.
  /// - Throws: `Diagnostic` for an unknown method, bad arguments, or an order that makes no sense.
  public init(_ specification: String) throws(Diagnostic) {
    var methods: [any ReductionMethod] = []
    for part in specification.split(separator: "/", omittingEmptySubsequences: false) {
      methods.append(try Reducers.method(String(part)))
    }
    let first = methods.first
    let last = methods.count == 2 ? methods.last : nil
    guard methods.count == 1 || (methods.count == 2 && !(first is any LanguageReducer) && last is any LanguageReducer)
    else {
      throw Diagnostic(
        "the chain \"\(specification)\" makes no sense: expected at most one method inside or behind the encoder, "
          + "then one inside the language model, as in prumerge/fastv")
    }
    name = methods.map(\.name).joined(separator: "/")
    encoder = first as? any EncoderReducer
    features = encoder == nil ? first as? any TokenReducer : nil
    language = (last ?? first) as? any LanguageReducer
  }
}
