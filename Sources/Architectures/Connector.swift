package import Operators

/// What lies between a vision encoder and a language model: steps over an encoder's tokens, with something before or
/// after them that changes the number of tokens, or that alone.
package struct Connector: Sendable, Hashable {
  /// A step over all tokens.
  package enum Step: Sendable, Hashable {
    /// So many neighbouring tokens become one, side by side (Qwen2-VL's merging, pixel shuffle).
    case merge(Int)
    /// So many neighbouring tokens become their mean (Gemma 3).
    case pool(Int)
    /// A norm of every token.
    case norm(NormKind)
    /// A product to so many columns.
    case product(Int, bias: Bool)
    /// A non-linearity.
    case activation(ActivationKind)
    /// One half of the channels, activated, times the other.
    case gate(ActivationKind)
  }

  /// Width of the tokens that the steps begin with: the encoder's, or those that a compressor before them leaves.
  package var inputWidth: Int
  /// What is done with them, in order.
  package var steps: [Step]
  /// What makes another number of tokens before or after the steps.
  package var compressor: TokenCompressor?
  /// Steps over the encoder's tokens in front of what makes another number of them, and how wide these tokens are.
  package var entry: [Step] = []
  package var entryWidth = 0
  /// Elements of learned tokens that are put between rows of patches and behind them (LLaVA-NeXT's newline).
  package var separatorElements = 0
  /// Whether those tokens are as wide as the encoder's and pass the steps, too (Phi-3.5-vision).
  package var projectsSeparators = false
  /// Connectors of the same input that read earlier layers of the encoder, and whose tokens are added to those of the
  /// language model's first layers (Qwen3-VL's deepstack).
  package var deepstack: [Connector] = []

  /// Steps over tokens of a width; none where a compressor alone is the connector.
  package init(from inputWidth: Int, _ steps: [Step] = []) { (self.inputWidth, self.steps) = (inputWidth, steps) }

  /// A perceptron of products [1024, 4096, 4096] with an activation between them; `widths` has at least one entry.
  package init(widths: [Int], activation: ActivationKind? = nil, bias: Bool = true) {
    self.init(from: widths.first ?? 0)
    for width in widths.dropFirst() {
      if let activation, !steps.isEmpty { steps.append(.activation(activation)) }
      steps.append(.product(width, bias: bias))
    }
  }

  /// Weights and biases of all steps, and what the compressor has.
  package var parameters: Parameters {
    return (compressor?.parameters ?? Parameters()) + Parameters { append(rows: 1, to: &$0) }
      + Parameters { entrance.append(rows: 1, to: &$0) }
      + Parameters(plain: Double(separatorElements))
  }

  /// The steps in front of the compressor as a connector of their own.
  package var entrance: Connector { Connector(from: entryWidth, entry) }

  /// Widths from the encoder's to the language model's, of what every product reads and the last one leaves.
  package var widths: [Int] {
    var width = inputWidth
    var widths: [Int] = []
    for step in steps {
      if case .product(let columns, _) = step {
        widths.append(width)
        width = columns
      } else {
        width = Self.width(width, after: step)
      }
    }
    return widths + [width]
  }

  /// Width of the tokens that it leaves.
  package var outputWidth: Int { steps.reduce(inputWidth) { Self.width($0, after: $1) } }

  /// The non-linearity of it, where there is one.
  package var activation: ActivationKind? {
    for step in steps {
      switch step {
      case .activation(let kind), .gate(let kind): return kind
      default: break
      }
    }
    return nil
  }

  /// How many neighbouring tokens become one.
  package var merged: Int {
    steps.reduce(1) { count, step in
      switch step {
      case .merge(let tokens), .pool(let tokens): count * tokens
      default: count
      }
    }
  }

  private static func width(_ width: Int, after step: Step) -> Int {
    switch step {
    case .merge(let tokens): width * tokens
    case .product(let columns, _): columns
    case .gate: width / 2
    case .pool, .norm, .activation: width
    }
  }

  /// The operators of the steps that make so many tokens in all.
  package func operators(tokens: Int) -> [Operator] { OperatorList.of { append(rows: Double(tokens), to: &$0) } }

  /// Adds the steps that make so many tokens in all, which may be too many for an integer.
  func append(rows: Double, to list: inout OperatorList) {
    appendSteps(rows: rows, to: &list)
    for connector in deepstack {
      list.scope = "deepstack"
      connector.appendSteps(rows: rows, to: &list)
      list.add(.sum("sum", elements: rows * Double(connector.outputWidth)))
      list.scope = nil
    }
  }

  private func appendSteps(rows last: Double, to list: inout OperatorList) {
    var width = inputWidth
    var rows = last * Double(merged)
    var products = 0
    for step in steps {
      let elements = rows * Double(width)
      switch step {
      case .merge(let tokens): rows /= Double(tokens)
      case .pool(let tokens):
        rows /= Double(tokens)
        list.add(
          .averagePooling("pool", inputPixels: rows * Double(tokens), outputPixels: rows, channels: Double(width)))
      case .norm(let kind): list.add(.normalization("norm", kind, rows: rows, width: Double(width)))
      case .product(let columns, let bias):
        products += 1
        list.add(
          .matmul(
            Operator.Name("linear", number: products), rows: rows, inner: Double(width), columns: Double(columns),
            bias: bias, quantized: false))
      case .activation(let kind):
        list.add(.activation(Operator.Name("activation", number: products), kind, elements: elements))
      case .gate(let kind):
        list.add(.gatedActivation(Operator.Name("activation", number: products), kind, elements: elements / 2))
      }
      width = Self.width(width, after: step)
    }
  }
}
