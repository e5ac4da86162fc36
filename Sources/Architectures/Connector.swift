public import Operators

/// The multilayer perceptron between a vision encoder and a language model.
public struct Connector: Sendable, Hashable {
  /// Widths from the encoder's to the language model's: [1024, 4096, 4096] are two products.
  public var widths: [Int]
  /// Between consecutive products.
  public var activation: ActivationKind

  /// Whether the products have biases.
  public var bias = true

  /// A perceptron with biases; `widths` has at least two entries.
  public init(widths: [Int], activation: ActivationKind) {
    self.widths = widths
    self.activation = activation
  }

  /// Weights and biases of all products.
  public var parameters: [ParameterGroup] {
    let count = zip(widths, widths.dropFirst()).reduce(0) { $0 + (Double($1.0) + (bias ? 1 : 0)) * Double($1.1) }
    return [ParameterGroup("connector", count, quantized: false)]
  }

  /// The operators over so many visual tokens in all.
  public func operators(tokens: Int) -> [Operator] {
    let rows = Double(tokens)
    var operators: [Operator] = []
    for (index, (inner, columns)) in zip(widths, widths.dropFirst()).enumerated() {
      if index > 0 {
        operators.append(.activation("activation_\(index)", activation, elements: rows * Double(inner)))
      }
      operators.append(
        .matmul(
          "linear_\(index + 1)", rows: rows, inner: Double(inner), columns: Double(columns), bias: bias,
          quantized: false))
    }
    return operators
  }
}
