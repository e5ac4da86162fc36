public import Documents

/// A method that makes few visual tokens of many.
public protocol TokenReducer: Sendable {
  /// The specification that makes this reducer again, for example `prumerge+:ratio=0.125`.
  var name: String { get }

  /// The tokens that are left of an image.
  ///
  /// - Throws: `Diagnostic` if the features do not suit the method.
  func reduce(_ features: VisualFeatures) throws(Diagnostic) -> ReducedTokens
}
