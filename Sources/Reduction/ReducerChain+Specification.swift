public import Documents
public import ReductionMethods

extension ReducerChain {
  /// The chain that `specification` describes: methods with slashes between them.
  ///
  /// - Throws: `Diagnostic` for an unknown method, bad arguments, or an order that makes no sense.
  public init(_ specification: String) throws(Diagnostic) {
    var methods: [any ReductionMethod] = []
    for part in specification.split(separator: "/", omittingEmptySubsequences: false) {
      methods.append(try Reducers.method(String(part)))
    }
    guard let chain = ReducerChain(methods) else {
      throw Diagnostic(
        "the chain \"\(specification)\" makes no sense: expected at most one method inside or behind the encoder, "
          + "then one inside the language model, as in prumerge/fastv")
    }
    self = chain
  }
}
