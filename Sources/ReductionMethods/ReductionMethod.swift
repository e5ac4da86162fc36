public import Operators

/// A way to have a model work on fewer visual tokens: behind its encoder, inside it, or inside its language model.
public protocol ReductionMethod: Sendable {
  /// The specification that makes this method again, for example `prumerge+:ratio=0.125`.
  var name: String { get }
}

/// What a method costs that makes few visual tokens of many behind an encoder, whatever runs it.
public protocol FeatureReducer: ReductionMethod {
  /// Whether the keys of the encoder's last layer are read, so that it and those before it must run.
  var readsLastLayer: Bool { get }

  /// Whether it reads the attention of the class token, which not every encoder has.
  var readsClassToken: Bool { get }

  /// What the method costs on the device that holds the encoder, for a result of the given sizes.
  func operators(_ shape: ReductionShape) -> [Operator]

  /// Kernels that released code launches for all images, where the host launches them one by one; nil where nobody
  /// counted: one for every operator of the bill.
  func launches(_ shape: ReductionShape) -> Double?
}

extension FeatureReducer {
  /// Most methods read no more than what the model uses.
  public var readsLastLayer: Bool { false }
  /// Most methods do not.
  public var readsClassToken: Bool { false }
  /// Of most methods nobody counted.
  public func launches(_ shape: ReductionShape) -> Double? { nil }
}
