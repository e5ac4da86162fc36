public import Documents
public import ReductionMethods

/// A method that makes few visual tokens of many, given what an encoder says of an image.
public protocol TokenReducer: FeatureReducer {
  /// The tokens that are left of an image.
  ///
  /// - Throws: `Diagnostic` if the features do not suit the method.
  func reduce(_ features: VisualFeatures) throws(Diagnostic) -> ReducedTokens
}
