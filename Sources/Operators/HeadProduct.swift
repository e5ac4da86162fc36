extension Operator {
  /// A product [rows x inner].[inner x columns] for each of so many heads, every head with a matrix of its own.
  ///
  /// 2 rows heads inner columns FLOPs; weights and input are read once, the output is written once. The matrices are
  /// slices of one that is stored quantised; as engines do it, products are computed in the unquantised format.
  public static func headProduct(
    _ name: Operator.Name, rows: Double, heads: Double, inner: Double, columns: Double,
    quantized: Bool = true, to destination: Destination = .activation, holding: Double = 0
  ) -> Operator {
    let weights = heads * inner * columns
    return Operator(
      name, flops: 2 * rows * heads * inner * columns,
      kernel: .product(rows: rows, inner: inner, columns: heads * columns),
      moving: Moves(
        quantizedWeights: quantized ? weights : 0, weights: quantized ? 0 : weights,
        activationsRead: rows * heads * inner
      )
      .writing(rows * heads * columns, to: destination),
      holding: holding)
  }
}
