/// Parameters of a model that are stored alike.
public struct ParameterGroup: Sendable, Hashable {
  /// What they are, for example `layer matrices`.
  public var name: String
  /// How many parameters.
  public var count: Double
  /// Whether a precision's weight format applies to them.
  public var quantized: Bool

  /// `count` parameters.
  public init(_ name: String, _ count: Double, quantized: Bool) {
    self.name = name
    self.count = count
    self.quantized = quantized
  }

  /// The parameters of `layers` such groups.
  func repeated(_ layers: Int) -> ParameterGroup { ParameterGroup(name, count * Double(layers), quantized: quantized) }
}
