extension Operator {
  /// The input embeddings of a language model: table rows for the text tokens, encoder outputs for the visual ones.
  ///
  /// Reads as many rows of the table as there are text tokens, or `readRows` where devices share the table.
  public static func embedding(
    _ name: String, textRows: Double, visualRows: Double, width: Double, readRows: Double? = nil
  ) -> Operator {
    Operator(
      name,
      operands: [
        .weights((readRows ?? textRows) * width), .reads(visualRows * width), .writes((textRows + visualRows) * width),
      ])
  }

  /// Patch embeddings plus learned positions, a class token's embedding put in front of every image.
  ///
  /// `positions` counts the class token where there is one.
  public static func positionEmbedding(
    _ name: String, images: Double, patches: Double, positions: Double, width: Double
  ) -> Operator {
    let classTokens = positions - patches
    return Operator(
      name, vectorFLOPs: VectorWork.add * images * positions * width,
      operands: [
        .weights((positions + classTokens) * width), .reads(images * patches * width),
        .writes(images * positions * width),
      ])
  }
}
