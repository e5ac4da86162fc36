extension Operator {
  /// Normalisation of `rows` x `width` elements, optionally in one kernel with sums before it.
  ///
  /// - Parameters:
  ///   - sums: how many tensors the kernel first adds to its input; it writes the sum, the new residual, back as well.
  ///   - destination: where the normalised elements go.
  ///   - holding: elements of other activations that stay alive meanwhile.
  public static func normalization(
    _ name: OperatorName, _ kind: NormKind, rows: Double, width: Double, adding sums: Int = 0,
    to destination: Destination = .activation, holding: Double = 0
  ) -> Operator {
    let elements = rows * width
    let addends = Double(sums)
    return Operator(
      name, vectorFLOPs: (kind.flopsPerElement + addends * VectorWork.add) * elements,
      kernel: .normalization(kind, rows: rows),
      moving: Moves(
        weights: kind.parametersPerChannel * width, activationsRead: (1 + addends) * elements,
        activationsWritten: sums > 0 ? elements : 0
      ).writing(elements, to: destination),
      holding: holding)
  }

  /// Normalisation of the sum of a step's result and its input, the order of the first transformers: only the
  /// normalised elements are written, as they are the next residual.
  ///
  /// `holding` counts other activations that stay alive meanwhile.
  public static func postNormalization(
    _ name: OperatorName, _ kind: NormKind, rows: Double, width: Double, holding: Double = 0
  ) -> Operator {
    let elements = rows * width
    return Operator(
      name, vectorFLOPs: (kind.flopsPerElement + VectorWork.add) * elements, kernel: .normalization(kind, rows: rows),
      moving: Moves(
        weights: kind.parametersPerChannel * width, activationsRead: 2 * elements, activationsWritten: elements),
      holding: holding)
  }
}
