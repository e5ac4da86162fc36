internal import Operators
internal import Quantities

extension BlockShapes {
  /// What picks the positions that attention works on: queries of the query latent (or the hidden state), a key that goes
  /// to the cache, weights of heads, scores of every position, and the largest of them.
  // swift-format-ignore
  func append(_ indexer: SparseIndexer, to list: inout OperatorList) {
    let (heads, headWidth) = (Double(indexer.heads), Double(indexer.headWidth))
    let columns = heads * headWidth
    let waiting = hidden + queries
    multiply("indexer.query", .indexer, inner: block.latent?.queryRank.map(Double.init) ?? width, columns: columns, devices: 1, bias: false, holding: waiting, to: &list)
    multiply("indexer.key", .indexer, inner: width, columns: headWidth, devices: 1, bias: false, holding: waiting + rows * columns, to: &list)
    list.add(.normalization("indexer.key_norm", .layer, rows: rows, width: headWidth, to: .cache, holding: waiting + rows * columns))
    list.add(.matmul("indexer.weights", rows: rows, inner: width, columns: heads, quantized: false, holding: waiting + rows * columns))
    let rotary = Double(block.rotaryWidth)
    list.add(.rotary("indexer.rotary", queries: rows * heads * rotary, keys: rows * rotary, cached: true, holding: waiting + rows * (columns - heads * rotary)))
    appendScores(indexer, held: waiting, to: &list)
  }

  /// The scores of every position, or of every entry, and the largest of them. Of every head: ReLU, its weight, the sum over
  /// heads.
  // swift-format-ignore
  func appendScores(_ indexer: SparseIndexer, held: Double, to list: inout OperatorList) {
    let (heads, headWidth) = (Double(indexer.heads), Double(indexer.headWidth))
    let columns = heads * headWidth
    var scores = Operator(
      "indexer.scores", flops: 2 * columns * indexed.scores, vectorFLOPs: 3 * heads * indexed.scores,
      moving: Moves(activationsRead: rows * (columns + heads), activationsWritten: indexed.scores, cacheRead: indexed.positions * headWidth),
      holding: held)
    scores.executedFLOPs = FLOPs(2 * columns * indexed.visible)
    scores.executedVectorFLOPs = FLOPs(3 * heads * indexed.visible)
    list.add(scores)
    list.add(Operator("indexer.choice", reading: indexed.scores, writing: rows * Double(indexer.positions), holding: held))
  }
}
