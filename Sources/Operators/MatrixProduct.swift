extension Operator {
  /// A product [rows x inner].[inner x columns] with weights.
  ///
  /// 2 rows inner columns FLOPs; reads weights and input once, writes its output once. A bias is added in the same
  /// kernel.
  /// - Parameters:
  ///   - name: what breakdowns call it.
  ///   - rows: the rows of the input, which is rows x inner.
  ///   - inner: the rows of the matrix, over which is summed.
  ///   - columns: the columns of the matrix and of the result.
  ///   - matrices: how many matrices of this shape are read, each row passing one of them (experts).
  ///   - distinctRows: how many of the rows differ and are read; nil for all.
  ///   - bias: whether a bias of `columns` elements is added to each row.
  ///   - quantized: whether the precision's weight format applies; false for heads, vision towers and connectors.
  ///   - fromCache: whether the input comes from the key-value cache.
  ///   - cachedColumns: how many columns of the result go to the cache, whatever the destination of the others.
  ///   - destination: where the result goes.
  ///   - holding: elements of other activations that stay alive meanwhile.
  public static func matmul(
    _ name: Operator.Name, rows: Double, inner: Double, columns: Double, matrices: Double = 1,
    distinctRows: Double? = nil, bias: Bool = false, quantized: Bool = true, fromCache: Bool = false,
    cachedColumns: Double = 0, to destination: Destination = .activation, holding: Double = 0
  ) -> Operator {
    let input = (distinctRows ?? rows) * inner
    let output = rows * columns
    let weights = matrices * inner * columns
    let written = rows * cachedColumns
    let moves = Moves(
      quantizedWeights: quantized ? weights : 0, weights: (quantized ? 0 : weights) + (bias ? matrices * columns : 0),
      inputsRead: quantized && !fromCache ? input : 0, activationsRead: quantized || fromCache ? 0 : input,
      cacheRead: fromCache ? input : 0, cacheWritten: written)
    return Operator(
      name, flops: 2 * rows * inner * columns, vectorFLOPs: bias ? VectorWork.add * output : 0,
      arithmetic: quantized ? .quantizedProduct : .unquantized,
      kernel: .product(rows: rows, inner: inner, columns: columns),
      moving: moves.writing(output - written, to: destination),
      holding: holding)
  }
}
