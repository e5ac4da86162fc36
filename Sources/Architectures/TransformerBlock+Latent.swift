internal import Operators

extension BlockShapes {
  /// Queries by way of a latent of their own, keys and values by way of the latent that is cached; then attention.
  ///
  /// The latent and the rotated key are written to the cache once and read from it once.
  // swift-format-ignore
  func latentAttention(_ latent: LatentAttention, _ groups: [Pass.Group], own share: OwnShare, _ kernels: Accounting.Kernels, _ list: inout OperatorList) {
    let rank = Double(latent.rank)
    let rotary = Double(latent.rotaryWidth)
    let rotated = rows * Double(block.heads) * rotary
    if let queryRank = latent.queryRank.map(Double.init) {
      // The normalised hidden state waits for attention.kv_down.
      multiply("attention.query_down", inner: width, columns: queryRank, devices: 1, bias: block.qkvBias, holding: hidden, to: &list)
      list.add(.normalization("attention.query_norm", .rms, rows: rows, width: queryRank, to: input(of: .attention), holding: 2 * hidden))
      multiply("attention.query_up", inner: queryRank, columns: queryWidth, bias: false, holding: 2 * hidden, to: &list)
    } else {
      multiply("attention.query", inner: width, columns: queryWidth, bias: false, holding: hidden, to: &list)
    }
    multiply("attention.kv_down", inner: width, columns: rank + rotary, devices: 1, bias: block.qkvBias, holding: hidden + queries, to: &list)
    list.add(.normalization("attention.kv_norm", .rms, rows: rows, width: rank, to: .cache, holding: hidden + queries + rows * rotary))
    list.add(.rotary("attention.rotary", queries: rotated, keys: rows * rotary, cached: true, holding: hidden + queries - rotated))
    if let indexer = block.indexer, !indexer.isShared { append(indexer, to: &list) }
    // One token absorbs where there is a cache, as engines decode, and else expands. A group of more expands or absorbs; of
    // several groups all do the same, or each what takes fewer FLOPs. Eager kernels expand where there is no cache, as
    // transformers does.
    let isDecoding = groups.allSatisfy { $0.newTokens == 1 && $0.context > 0 }
    let isFresh = kernels == .eager && groups.allSatisfy { $0.context == 0 }
    let ways = isDecoding || isFresh ? 1 : groups.count > 1 ? 3 : groups[0].newTokens > 1 ? 2 : 1
    list.addCheapest(of: ways) { way, list in
      var expanding = AttentionSums(), absorbing = AttentionSums()
      for group in groups {
        let isAlone = group.newTokens == 1
        let isAbsorbed = way == 1 || (isAlone ? group.context > 0 : way == 2 && latent.isAbsorbed(group, headWidth: block.headWidth))
        if isAbsorbed {
          absorbing.add(group, own: share, in: block, streams: true)
        } else {
          expanding.add(group, own: share, in: block, streams: isAlone)
        }
      }
      if absorbing.tokens > 0 {
        list.add(.headProduct("attention.key_absorb", rows: absorbing.tokens, heads: Double(block.heads), inner: Double(block.headWidth) - rotary, columns: rank, quantized: quantizes(.attention), holding: hidden + rotated))
      }
      if expanding.tokens > 0 || absorbing.tokens == 0 { expand(latent, expanding, kernels, &list) }
      if absorbing.tokens > 0 { absorb(latent, absorbing, kernels, &list) }
    }
  }

  /// Keys and values of every head are expanded, those of the context again. Eager kernels gather the keys of every head
  /// from both parts in memory, a fused attention kernel reads the parts.
  // swift-format-ignore
  private func expand(_ latent: LatentAttention, _ sums: AttentionSums, _ kernels: Accounting.Kernels, _ list: inout OperatorList) {
    let values = sums.positions * valueWidth
    let expanded = latent.expandedWidth(heads: block.heads, headWidth: block.headWidth)
    list.add(.matmul("attention.kv_up", rows: sums.positions, inner: Double(latent.rank), columns: expanded, quantized: quantizes(.attention), fromCache: true, holding: hidden + queries))
    guard sums.tokens > 0 else { return }
    if kernels == .eager {
      list.add(Operator("attention.keys", moving: Moves(activationsRead: sums.positions * expanded - values, activationsWritten: sums.positions * queryWidth, cacheRead: sums.positions * Double(latent.rotaryWidth)), holding: hidden + queries + values))
    }
    Operator.attention("attention", attention, sums, kernels, quantizedOutput: feedsProduct, holding: waiting, to: &list)
  }

  /// Nothing is expanded: the queries have absorbed the matrix of the keys and attend to latents, of which attention
  /// leaves values of every head to be made.
  // swift-format-ignore
  private func absorb(_ latent: LatentAttention, _ sums: AttentionSums, _ kernels: Accounting.Kernels, _ list: inout OperatorList) {
    let shape = attention.absorbed(rank: Double(latent.rank), rotary: Double(latent.rotaryWidth))
    Operator.attention("attention", shape, sums, kernels, holding: waiting, to: &list)
    list.add(.headProduct("attention.value_up", rows: sums.tokens, heads: Double(block.heads), inner: Double(latent.rank), columns: Double(latent.valueWidth), quantized: quantizes(.attention), to: input(of: .attention), holding: waiting))
  }
}
