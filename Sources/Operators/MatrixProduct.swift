extension Operator {
  /// Where the input of a matrix product comes from.
  public enum Source: Sendable, Hashable {
    /// An activation, stored as the precision says.
    case activation
    /// The key-value cache.
    case cache
  }

  /// Where the result of an operator goes.
  public enum Destination: Sendable, Hashable {
    /// Any other step.
    case activation
    /// The input of the quantised product that follows at once.
    case productInput
    /// The key-value cache.
    case cache

    /// So many elements, written there.
    func operand(_ elements: Double) -> Operand {
      switch self {
      case .activation: .writes(elements)
      case .productInput: .writesInput(elements)
      case .cache: .writesCache(elements)
      }
    }
  }

  /// A product [rows x inner].[inner x columns] with weights.
  ///
  /// 2 rows inner columns FLOPs; reads weights and input once, writes its output once. A bias is added in the same
  /// kernel.
  /// - Parameters:
  ///   - matrices: how many matrices of this shape are read, each row passing one of them (experts).
  ///   - distinctRows: how many of the rows differ and are read; nil for all.
  ///   - quantized: whether the precision's weight format applies; false for heads, vision towers and connectors.
  ///   - source: where the input comes from.
  ///   - holding: elements of other activations that stay alive meanwhile.
  public static func matmul(
    _ name: String, rows: Double, inner: Double, columns: Double, matrices: Double = 1, distinctRows: Double? = nil,
    bias: Bool = false, quantized: Bool = true, from source: Source = .activation,
    to destination: Destination = .activation, holding: Double = 0
  ) -> Operator {
    let input = (distinctRows ?? rows) * inner
    let output = rows * columns
    var operands = [Operand(.weights, matrices * inner * columns, as: quantized ? .quantizedWeight : .weight)]
    switch source {
    case .activation: operands.append(quantized ? .readsInput(input) : .reads(input))
    case .cache: operands.append(.readsCache(input))
    }
    if bias { operands.append(.weights(columns)) }
    operands.append(destination.operand(output))
    return Operator(
      name, flops: 2 * rows * inner * columns, vectorFLOPs: bias ? VectorWork.add * output : 0,
      arithmetic: quantized ? .quantizedProduct : .unquantized,
      kernel: .product(rows: rows, inner: inner, columns: columns), operands: operands, holding: holding)
  }

  /// A convolution whose stride is its kernel (a patch embedding): a product of patches with the flattened kernel.
  ///
  /// `inner` is channels x kernel height x kernel width. Every pixel is read once.
  public static func patchConvolution(
    _ name: String, patches: Double, inner: Double, columns: Double, bias: Bool
  ) -> Operator {
    matmul(name, rows: patches, inner: inner, columns: columns, bias: bias, quantized: false)
  }
}
