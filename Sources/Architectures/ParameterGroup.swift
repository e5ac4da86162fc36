internal import Operators

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

extension [ParameterGroup] {
  /// The groups with those of equal name and kind summed, in the order of their first appearance.
  var merged: [ParameterGroup] {
    var result: [ParameterGroup] = []
    for group in self {
      if let index = result.firstIndex(where: { $0.name == group.name && $0.quantized == group.quantized }) {
        result[index].count += group.count
      } else {
        result.append(group)
      }
    }
    return result
  }

  /// The bytes that they take at a precision.
  func bytes(at precision: Precision) -> Double {
    reduce(0) { $0 + $1.count * ($1.quantized ? precision.weightBits : precision.unquantizedWeightBits) / 8 }
  }
}
