extension Operator {
  /// Where the result of a matrix product goes.
  public enum Destination: Sendable, Hashable {
    case activation
    /// The input of the quantised product that follows at once.
    case productInput
    /// The key-value cache.
    case cache
  }

  /// A product [rows x inner].[inner x columns] with weights.
  ///
  /// 2 rows inner columns FLOPs; reads weights and input once, writes its output once. A bias is added in the same
  /// kernel.
  /// - Parameters:
  ///   - quantized: whether the precision's weight format applies; false for heads, vision towers and connectors.
  ///   - holding: elements of other activations that stay alive meanwhile.
  public static func matmul(
    _ name: String, rows: Double, inner: Double, columns: Double, bias: Bool = false, quantized: Bool = true,
    to destination: Destination = .activation, holding: Double = 0
  ) -> Operator {
    var operands: [Operand] = [
      Operand(.weights, inner * columns, as: quantized ? .quantizedWeight : .weight),
      quantized ? .readsInput(rows * inner) : .reads(rows * inner),
    ]
    if bias { operands.append(.weights(columns)) }
    let output = rows * columns
    switch destination {
    case .activation: operands.append(.writes(output))
    case .productInput: operands.append(.writesInput(output))
    case .cache: operands.append(.writesCache(output))
    }
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
