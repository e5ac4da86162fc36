extension Operator {
  /// The sum of two activations of so many elements: reads both, writes one.
  public static func sum(_ name: String, elements: Double, holding: Double = 0) -> Operator {
    Operator(
      name, vectorFLOPs: VectorWork.add * elements, operands: [.reads(2 * elements), .writes(elements)],
      holding: holding)
  }

  /// An activation function of so many elements.
  public static func activation(
    _ name: String, _ kind: ActivationKind, elements: Double, to destination: Destination = .activation,
    holding: Double = 0
  ) -> Operator {
    Operator(
      name, vectorFLOPs: kind.flopsPerElement * elements, kernel: .activation,
      operands: [.reads(elements), destination.operand(elements)], holding: holding)
  }

  /// The product of an activated gate with the other branch in one kernel (SwiGLU): reads both, writes one.
  public static func gatedActivation(
    _ name: String, _ kind: ActivationKind, elements: Double, to destination: Destination = .activation,
    holding: Double = 0
  ) -> Operator {
    Operator(
      name, vectorFLOPs: (kind.flopsPerElement + VectorWork.scale) * elements, kernel: .gate,
      operands: [.reads(2 * elements), destination.operand(elements)],
      holding: holding)
  }

  /// The element-wise product of two activations: reads both, writes one.
  public static func product(
    _ name: String, elements: Double, to destination: Destination = .activation,
    holding: Double = 0
  ) -> Operator {
    Operator(
      name, vectorFLOPs: VectorWork.scale * elements,
      operands: [.reads(2 * elements), destination.operand(elements)],
      holding: holding)
  }

  /// A multiplication of so many elements by a constant.
  public static func scaling(_ name: String, elements: Double) -> Operator {
    Operator(name, vectorFLOPs: VectorWork.scale * elements, operands: [.reads(elements), .writes(elements)])
  }

  /// Soft-capping of so many elements: c tanh(x / c).
  public static func capping(_ name: String, elements: Double) -> Operator {
    Operator(name, vectorFLOPs: VectorWork.cap * elements, operands: [.reads(elements), .writes(elements)])
  }

  /// A copy that puts elements from several places side by side.
  public static func gather(
    _ name: String, reading operands: [Operand], writing elements: Double, holding: Double = 0
  ) -> Operator {
    Operator(name, operands: operands + [.writes(elements)], holding: holding)
  }
}
