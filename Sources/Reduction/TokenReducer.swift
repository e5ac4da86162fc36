public import Documents
public import Operators

/// A method that makes few visual tokens of many.
public protocol TokenReducer: Sendable {
  /// The specification that makes this reducer again, for example `prumerge+:ratio=0.125`.
  var name: String { get }

  /// The tokens that are left of an image.
  ///
  /// - Throws: `Diagnostic` if the features do not suit the method.
  func reduce(_ features: VisualFeatures) throws(Diagnostic) -> ReducedTokens

  /// What the method costs on the device that holds the encoder, for a result of the given sizes.
  func operators(_ shape: ReductionShape) -> [Operator]
}
