extension Operator {
  /// The sum of two activations of so many elements: reads both, writes one.
  public static func sum(_ name: Operator.Name, elements: Double, holding: Double = 0) -> Operator {
    Operator(
      name, vectorFLOPs: VectorWork.add * elements, reading: 2 * elements, writing: elements, holding: holding)
  }

  /// An activation function of so many elements.
  package static func activation(
    _ name: Operator.Name, _ kind: ActivationKind, elements: Double, to destination: Destination = .activation,
    holding: Double = 0
  ) -> Operator {
    Operator(
      name, vectorFLOPs: kind.flopsPerElement * elements, kernel: .activation,
      moving: Moves(activationsRead: elements).writing(elements, to: destination), holding: holding)
  }

  /// The product of an activated gate with the other branch in one kernel (SwiGLU): reads both, writes one.
  package static func gatedActivation(
    _ name: Operator.Name, _ kind: ActivationKind, elements: Double, to destination: Destination = .activation,
    holding: Double = 0
  ) -> Operator {
    Operator(
      name, vectorFLOPs: (kind.flopsPerElement + VectorWork.scale) * elements, kernel: .gate,
      moving: Moves(activationsRead: 2 * elements).writing(elements, to: destination), holding: holding)
  }

  /// The element-wise product of two activations: reads both, writes one.
  public static func product(
    _ name: Operator.Name, elements: Double, to destination: Destination = .activation, holding: Double = 0
  ) -> Operator {
    Operator(
      name, vectorFLOPs: VectorWork.scale * elements,
      moving: Moves(activationsRead: 2 * elements).writing(elements, to: destination), holding: holding)
  }
}
