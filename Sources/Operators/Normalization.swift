extension Operator {
  /// Normalisation of `rows` x `width` elements, optionally in one kernel with the residual sum before it.
  ///
  /// - Parameters:
  ///   - addingResidual: the kernel first adds its input to the residual and writes the sum back as well.
  ///   - quantizedOutput: whether the output feeds a quantised product.
  ///   - holding: elements of other activations that stay alive meanwhile.
  public static func normalization(
    _ name: String, _ kind: NormKind, rows: Double, width: Double, addingResidual: Bool = false,
    quantizedOutput: Bool = false, holding: Double = 0
  ) -> Operator {
    let elements = rows * width
    var operands: [Operand] = [
      .weights(kind.parametersPerChannel * width), .reads(elements),
      quantizedOutput ? .writesInput(elements) : .writes(elements),
    ]
    if addingResidual { operands += [.reads(elements), .writes(elements)] }
    return Operator(
      name, vectorFLOPs: (kind.flopsPerElement + (addingResidual ? VectorWork.add : 0)) * elements,
      kernel: .normalization, operands: operands, holding: holding)
  }
}
