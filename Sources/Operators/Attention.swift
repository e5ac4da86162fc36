internal import Quantities

extension Operator {
  /// Attention in one kernel (FlashAttention): reads Q, K and V once, writes the output; scores never reach memory.
  ///
  /// `quantizedOutput` says whether the output feeds a quantised product.
  package static func fusedAttention(
    _ name: Operator.Name, _ shape: AttentionShape, _ sums: AttentionSums, quantizedOutput: Bool = false,
    holding: Double = 0
  ) -> Operator {
    let scores = shape.heads * sums.scores
    let perScore = VectorWork.softmax + (shape.capped ? VectorWork.cap : 0)
    var operation = Operator(
      name, flops: 2 * scores * (shape.headWidth + shape.valueWidth), vectorFLOPs: perScore * scores,
      kernel: .attention(shape.cut(sums)),
      moving: shape.reading(sums).writing(shape.outputs(sums), to: quantizedOutput ? .productInput : .activation),
      holding: holding)
    if shape.hasSinks { operation.moves.weights += shape.heads }
    let visible = shape.heads * sums.visible
    operation.executedFLOPs = FLOPs(2 * visible * (shape.headWidth + shape.valueWidth))
    operation.executedVectorFLOPs = FLOPs(perScore * visible)
    return operation
  }

  /// Attention step by step, every step reading and writing memory, the scores of all heads included: `scores`, `scale`,
  /// `cap`, `mask`, `softmax` and `values` of a part.
  ///
  /// `holding` counts what stays alive besides queries, keys and values.
  package static func eagerAttention(
    _ part: StaticString, _ shape: AttentionShape, _ sums: AttentionSums, quantizedOutput: Bool = false,
    holding: Double = 0, to list: inout OperatorList
  ) {
    let scores = shape.heads * sums.eagerScores
    let kernel: Kernel = sums.streamedTokens < sums.tokens ? .other : .cacheStep
    // The queries are no longer needed once scores exist; uncached keys and values are activations that stay.
    let values = holding + (shape.cached ? 0 : sums.positions * shape.kvHeads * shape.valueWidth)
    func step(_ leaf: StaticString, flopsPerScore: Double, reading extra: Double = 0) -> Operator {
      Operator(
        Operator.Name(part, leaf), vectorFLOPs: flopsPerScore * scores, kernel: kernel, reading: scores + extra,
        writing: scores, holding: values)
    }
    list.add(
      Operator(
        Operator.Name(part, "scores"), flops: 2 * scores * shape.headWidth, kernel: kernel,
        moving: shape.readingQueriesAndGatheredKeys(sums).writing(scores), holding: values))
    list.add(step("scale", flopsPerScore: VectorWork.scale))
    if shape.capped { list.add(step("cap", flopsPerScore: VectorWork.cap)) }
    // One mask of n x (c + n) per sequence, shared by its heads.
    if shape.masked { list.add(step("mask", flopsPerScore: VectorWork.add, reading: sums.eagerScores)) }
    var softmax = step("softmax", flopsPerScore: VectorWork.softmax)
    if shape.hasSinks { softmax.moves.weights += shape.heads }
    list.add(softmax)
    var moves = shape.readingValues(sums, again: true)
    moves.activationsRead += scores
    list.add(
      Operator(
        Operator.Name(part, "values"), flops: 2 * scores * shape.valueWidth, kernel: kernel,
        moving: moves.writing(shape.outputs(sums), to: quantizedOutput ? .productInput : .activation),
        holding: holding))
  }

  /// Rotary position embedding of so many elements of queries and keys, of which a share is rotated; the keys go to the
  /// cache where they are `cached`.
  ///
  /// Queries are rotated in place, only that part moving; keys move whole, as they go to another place. The table of
  /// sines and cosines is small and stays on chip: it is not counted.
  public static func rotary(
    _ name: Operator.Name, queries: Double, keys: Double, share: Double = 1, cached: Bool, holding: Double = 0
  ) -> Operator {
    let rotated = share * queries
    return Operator(
      name, vectorFLOPs: VectorWork.rotary * (rotated + share * keys), kernel: .rotation,
      moving: Moves(activationsRead: rotated + keys, activationsWritten: rotated)
        .writing(keys, to: cached ? .cache : .activation),
      holding: holding + queries - rotated)
  }
}

extension AttentionShape {
  /// Elements of the queries of so many tokens.
  private func queries(_ sums: AttentionSums) -> Double { sums.tokens * heads * headWidth }
  /// Elements of the output.
  fileprivate func outputs(_ sums: AttentionSums) -> Double { sums.tokens * heads * valueWidth }

  /// The queries, and the keys where every head's lie in one place.
  fileprivate func readingQueriesAndGatheredKeys(_ sums: AttentionSums) -> Moves {
    let keys = sums.positions * kvHeads * headWidth
    return Moves(activationsRead: queries(sums) + (cached ? 0 : keys), cacheRead: cached ? keys : 0)
  }

  /// The values; those that are part of keys only where they are read `again`.
  fileprivate func readingValues(_ sums: AttentionSums, again: Bool = false) -> Moves {
    let values = sharesValues && !again ? 0 : sums.positions * kvHeads * valueWidth
    return Moves(activationsRead: cached ? 0 : values, cacheRead: cached ? values : 0)
  }

  /// Queries, keys and values, keys in two parts where all heads share one of them.
  fileprivate func reading(_ sums: AttentionSums) -> Moves {
    let shared = sums.positions * sharedKeyWidth
    let keys = sums.positions * kvHeads * (headWidth - sharedKeyWidth)
    var moves = readingValues(sums)
    moves.activationsRead += queries(sums) + (cached ? 0 : keys)
    moves.cacheRead += (cached ? keys : 0) + shared
    return moves
  }

  /// How a kernel cuts the work up, over all heads.
  fileprivate func cut(_ sums: AttentionSums) -> Kernel.Attention {
    let side = AttentionSums.tileSide
    var cut = Kernel.Attention(
      tiles: heads * sums.tiles, longest: sums.longest, flopsPerTile: 2 * (headWidth + valueWidth) * side * side)
    guard sums.streamedTokens > 0 else { return cut }
    cut.streamedTokens = sums.streamedTokens / sums.tokens
    cut.streamedPositions = sums.streamedPositions / sums.positions
    cut.streamedWork = sums.streamedVisible / sums.visible
    if sums.chunkTokens > 0, !sharesValues {
      cut.ownTiles = heads * sums.chunkTiles
      cut.ownShare = sums.chunkTokens / sums.streamedPositions
    }
    return cut
  }
}
