public import Documents
public import Operators

/// A way to have a model work on fewer visual tokens: behind its encoder, inside it, or inside its language model.
public protocol ReductionMethod: Sendable {
  /// The specification that makes this method again, for example `prumerge+:ratio=0.125`.
  var name: String { get }
}

/// A method that makes few visual tokens of many, given what an encoder says of an image.
public protocol TokenReducer: ReductionMethod {
  /// Whether the keys of the encoder's last layer are read, so that it and those before it must run.
  var readsLastLayer: Bool { get }

  /// Whether it reads the attention of the class token, which not every encoder has.
  var readsClassToken: Bool { get }

  /// The tokens that are left of an image.
  ///
  /// - Throws: `Diagnostic` if the features do not suit the method.
  func reduce(_ features: VisualFeatures) throws(Diagnostic) -> ReducedTokens

  /// What the method costs on the device that holds the encoder, for a result of the given sizes.
  func operators(_ shape: ReductionShape) -> [Operator]
}

extension TokenReducer {
  /// Most methods read no more than what the model uses.
  public var readsLastLayer: Bool { false }
  /// Most methods do not.
  public var readsClassToken: Bool { false }
}
