public import Quantities

/// A figure of a datasheet with where it comes from.
public struct Figure<Value: Quantity>: Sendable, Hashable {
  /// The amount, in the base unit of its kind.
  public var value: Value
  /// The value as the file writes it, for example `6 MiB` or `62 TOP/s`.
  public var stated: String
  /// Where the figure comes from; empty if it could not be verified.
  public var sources: [FigureSource]
  /// What a reader should know about it, for example the clock that it assumes.
  public var note: String?

  /// A figure from its sources.
  public init(_ value: Value, stated: String? = nil, sources: [FigureSource] = [], note: String? = nil) {
    self.value = value
    self.stated = stated ?? value.description
    self.sources = sources
    self.note = note
  }

  /// Whether at least one source is named.
  public var isVerified: Bool { !sources.isEmpty }
}

/// A document that figures come from.
public struct FigureSource: Sendable, Hashable {
  /// The short name by which figures of the file refer to it.
  public var key: String
  /// Title, place and date, so that a reader can look it up.
  public var text: String
}
