internal import Operators

extension BlockShapes {
  /// Attention over a window and compressed entries, its output product among it.
  // swift-format-ignore
  func compressedAttention(_ compressed: CompressedAttention, _ kernels: Accounting.Kernels, _ list: inout OperatorList) {
    let rank = Double(compressed.queryRank)
    let headWidth = Double(block.headWidth)
    let rotated = rows * Double(block.heads) * Double(block.rotaryWidth)
    multiply("attention.query_down", inner: width, columns: rank, devices: 1, bias: false, holding: hidden, to: &list)
    list.add(.normalization("attention.query_norm", .rms, rows: rows, width: rank, to: input(of: .attention), holding: 2 * hidden))
    multiply("attention.query_up", inner: rank, columns: queryWidth, bias: false, holding: 2 * hidden, to: &list)
    list.add(.normalization("attention.head_norm", .rmsWithoutWeight, rows: rows * Double(block.heads), width: headWidth, holding: 2 * hidden))
    multiply("attention.key", inner: width, columns: headWidth, devices: 1, bias: false, holding: hidden + queries, to: &list)
    list.add(.normalization("attention.key_norm", .rms, rows: rows, width: headWidth, holding: hidden + queries))
    list.add(.rotary("attention.rotary", queries: queries, keys: keys, share: Double(block.rotaryWidth) / headWidth, cached: true, holding: hidden))
    if let rate = compressed.rate.map(Double.init) {
      append("entries", .attention, compressed, rate: rate, width: headWidth, kernels, to: &list)
      if let indexer = compressed.indexer {
        append("indexer", .indexer, compressed, rate: rate, width: Double(indexer.headWidth), kernels, to: &list)
        appendChoice(indexer, rank: rank, to: &list)
      }
    }
    attentionCore(kernels, quantizedOutput: false, &list)
    // Values carry the rotation of their keys, which is taken back.
    list.add(Operator("attention.rotary_back", vectorFLOPs: VectorWork.rotary * rotated, kernel: .rotation, reading: rotated, writing: rotated, holding: waiting + queries - rotated))
    let (groups, latent) = (Double(compressed.outputGroups), Double(compressed.outputRank))
    list.add(.headProduct("attention.output_down", rows: rows, heads: groups, inner: queryWidth / groups, columns: latent, quantized: quantizes(.attention), to: input(of: .attention), holding: waiting))
    attentionOutput(inner: groups * latent, bias: false, kernels, &list)
  }

  /// Values and weights of every token, and the entries that they make: a softmax over the tokens of an entry in every channel,
  /// with a bias for each of its places; a norm, a rotation. What is no whole entry yet is kept: every token is written once
  /// and read once, when its entry is whole.
  // swift-format-ignore
  private func append(_ part: StaticString, _ group: LayerParts, _ compressed: CompressedAttention, rate: Double, width columns: Double, _ kernels: Accounting.Kernels, to list: inout OperatorList) {
    let all = compressed.series * columns
    func name(_ leaf: StaticString) -> Operator.Name { Operator.Name(part, leaf) }
    switch kernels {
    case .fused:
      multiply(name("values_weights"), group, inner: width, columns: 2 * all, devices: 1, bias: false, holding: waiting + queries, to: &list)
    case .eager:
      multiply(name("values"),  group, inner: width, columns: all, devices: 1, bias: false, holding: waiting + queries, to: &list)
      multiply(name("weights"), group, inner: width, columns: all, devices: 1, bias: false, holding: waiting + queries + rows * all, to: &list)
    }
    let made = rows / rate
    let kept = waitingTokens * 2 * all
    list.add(Operator(
      name("mean"), vectorFLOPs: rows * all * (VectorWork.softmax + 2 * VectorWork.add + VectorWork.scale),
      moving: Moves(weights: rate * all, activationsRead: 2 * rows * all, activationsWritten: made * columns, stateRead: kept, stateWritten: kept),
      holding: waiting + queries))
    list.add(.normalization(name("norm"), .rms, rows: made, width: columns, holding: waiting + queries))
    list.add(.rotary(name("rotary"), queries: 0, keys: made * columns, share: Double(block.rotaryWidth) / columns, cached: true, holding: waiting + queries))
  }

  /// Queries of the query latent, weights of heads, scores of every entry, and the largest of them.
  // swift-format-ignore
  private func appendChoice(_ indexer: SparseIndexer, rank: Double, to list: inout OperatorList) {
    let (heads, columns) = (Double(indexer.heads), Double(indexer.heads) * Double(indexer.headWidth))
    let held = waiting + queries
    multiply("indexer.query", .indexer, inner: rank, columns: columns, devices: 1, bias: false, holding: held, to: &list)
    list.add(.rotary("indexer.query_rotary", queries: rows * heads * Double(block.rotaryWidth), keys: 0, cached: true, holding: held + rows * (columns - heads * Double(block.rotaryWidth))))
    list.add(.matmul("indexer.head_weights", rows: rows, inner: width, columns: heads, quantized: false, holding: held + rows * columns))
    appendScores(indexer, held: held, to: &list)
  }
}
