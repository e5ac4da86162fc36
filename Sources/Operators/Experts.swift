extension Operator {
  /// The choice of `perToken` of `experts` for every row: softmax (or sigmoid) of the scores, then the largest.
  ///
  /// Writes an index and a weight for each choice. The search for the largest is not counted: it is comparisons among
  /// few numbers.
  public static func routing(
    _ name: Operator.Name, rows: Double, experts: Double, perToken: Double, holding: Double = 0
  ) -> Operator {
    Operator(
      name, vectorFLOPs: VectorWork.softmax * rows * experts, reading: rows * experts, writing: 2 * rows * perToken,
      holding: holding)
  }

  /// The product of every row with the sigmoid of its own score.
  public static func weighting(_ name: Operator.Name, rows: Double, width: Double, holding: Double = 0) -> Operator {
    let elements = rows * width
    return Operator(
      name, vectorFLOPs: VectorWork.sigmoid * rows + VectorWork.scale * elements, reading: elements + rows,
      writing: elements, holding: holding)
  }

  /// The weighted sum of the results of the experts of every row, `sums` other tensors added.
  public static func combination(
    _ name: Operator.Name, rows: Double, width: Double, perToken: Double, adding sums: Int, holding: Double = 0
  ) -> Operator {
    let elements = rows * width
    let results = elements * perToken
    let others = elements * Double(sums)
    return Operator(
      name, vectorFLOPs: VectorWork.scale * results + VectorWork.add * (results - elements + others),
      reading: results + rows * perToken + others, writing: elements, holding: holding)
  }
}
