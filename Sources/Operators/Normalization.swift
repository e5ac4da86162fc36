extension Operator {
  /// Normalisation of `rows` x `width` elements, optionally in one kernel with sums before it.
  ///
  /// - Parameters:
  ///   - sums: how many tensors the kernel first adds to its input.
  ///   - keepsSum: whether it writes the sum as well, the new residual; in the order of the first transformers that is
  ///     what is normalised.
  ///   - destination: where the normalised elements go.
  ///   - holding: elements of other activations that stay alive meanwhile.
  package static func normalization(
    _ name: Operator.Name, _ kind: NormKind, rows: Double, width: Double, adding sums: Int = 0,
    keepsSum: Bool = true, to destination: Destination = .activation, holding: Double = 0
  ) -> Operator {
    let elements = rows * width
    let addends = Double(sums)
    return Operator(
      name, vectorFLOPs: (kind.flopsPerElement + addends * VectorWork.add) * elements,
      kernel: .normalization(kind, rows: rows),
      moving: Moves(
        weights: kind.parametersPerChannel * width, activationsRead: (1 + addends) * elements,
        activationsWritten: sums > 0 && keepsSum ? elements : 0
      ).writing(elements, to: destination),
      holding: holding)
  }
}
