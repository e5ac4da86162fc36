public import Operators

/// What lies between a vision encoder and a language model: a multilayer perceptron, with something before or after it
/// that changes the number of tokens, or that alone.
public struct Connector: Sendable, Hashable {
  /// Widths from the encoder's to the language model's: [1024, 4096, 4096] are two products, [1280] is none.
  public var widths: [Int]
  /// Between consecutive products, where there is more than one.
  public var activation: ActivationKind?

  /// What makes another number of tokens before or after the products.
  public var compressor: TokenCompressor?
  /// Whether the products have biases.
  public var bias = true
  /// How many neighbouring tokens become one before the first product, whose input they are side by side (Qwen2-VL).
  public var merged = 1
  /// The norm of every token before they are merged, if there is one.
  public var norm: NormKind?
  /// Whether learned newline tokens are put between rows of patches (LLaVA-NeXT).
  public var newline = false

  /// A perceptron with biases; `widths` has at least two entries, or one where a compressor alone is the connector.
  public init(widths: [Int], activation: ActivationKind? = nil) {
    self.widths = widths
    self.activation = activation
  }

  /// Weights and biases of all products, and what the compressor has.
  public var parameters: Parameters {
    let newline = newline ? Double(widths.last ?? 0) : 0
    return (compressor?.parameters ?? Parameters()) + Parameters { append(rows: 1, to: &$0) }
      + Parameters(plain: newline)
  }

  /// Width of what the first product reads.
  private var inputWidth: Int { widths.first ?? 0 }

  /// The operators of the products that make so many tokens in all.
  public func operators(tokens: Int) -> [Operator] { OperatorList.of { append(rows: Double(tokens), to: &$0) } }

  /// Adds the products that make so many tokens in all, which may be too many for an integer.
  func append(rows: Double, to list: inout OperatorList) {
    if let norm {
      let width = Double(inputWidth / max(1, merged))
      list.add(.normalization("norm", norm, rows: rows * Double(merged), width: width))
    }
    for (index, (inner, columns)) in zip(widths, widths.dropFirst()).enumerated() {
      if index > 0, let activation {
        list.add(.activation(OperatorName("activation", number: index), activation, elements: rows * Double(inner)))
      }
      list.add(
        .matmul(
          OperatorName("linear", number: index + 1), rows: rows, inner: Double(inner), columns: Double(columns),
          bias: bias,
          quantized: false))
    }
  }
}
