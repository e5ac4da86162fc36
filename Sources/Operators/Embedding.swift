extension Operator {
  /// The input embeddings of a language model: table rows for the text tokens, encoder outputs for the visual ones.
  ///
  /// Reads as many rows of the table as there are text tokens, or `readRows` where devices share the table.
  public static func embedding(
    _ name: Operator.Name, textRows: Double, visualRows: Double, width: Double, readRows: Double? = nil
  ) -> Operator {
    Operator(
      name,
      moving: Moves(
        tableWeights: (readRows ?? textRows) * width, activationsRead: visualRows * width,
        activationsWritten: (textRows + visualRows) * width))
  }

  /// Patch embeddings plus learned positions, a class token's embedding put in front of every image.
  ///
  /// `positions` counts the class token where there is one.
  public static func positionEmbedding(
    _ name: Operator.Name, images: Double, patches: Double, positions: Double, width: Double
  ) -> Operator {
    let classTokens = positions - patches
    return Operator(
      name, vectorFLOPs: VectorWork.add * images * positions * width,
      moving: Moves(
        tableWeights: (positions + classTokens) * width, activationsRead: images * patches * width,
        activationsWritten: images * positions * width))
  }
}
