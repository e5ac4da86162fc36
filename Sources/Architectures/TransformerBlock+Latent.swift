internal import Operators

extension BlockShapes {
  /// Queries by way of a latent of their own, keys and values by way of the latent that is cached.
  ///
  /// The latent and the rotated key are written to the cache once and read from it once. Of groups that fill, keys and
  /// values of every head are expanded, those of the context again; eager kernels gather the keys of every head from
  /// both parts in memory, a fused attention kernel reads the parts. Of groups that stream the cache nothing is
  /// expanded: the queries absorb the matrix of the keys.
  // swift-format-ignore
  func latentProjections(_ latent: LatentAttention, _ kernels: Kernels, _ list: inout OperatorList) {
    let rank = Double(latent.rank)
    let rotary = Double(latent.rotaryWidth)
    let heads = Double(block.heads)
    queryProjections(latent, &list)
    list.add(matmul("attention.kv_down", inner: width, columns: rank + rotary, bias: block.qkvBias, holding: hidden + queries))
    list.add(.normalization("attention.kv_norm", .rms, rows: rows, width: rank, to: .cache, holding: hidden + queries + rows * rotary))
    list.add(.rotary("attention.rotary", queries: rows * heads * rotary, keys: rows * rotary, cached: true, holding: hidden + queries - rows * heads * rotary))
    if streaming.tokens > 0 {
      list.add(.headProduct("attention.key_absorb", rows: streaming.tokens, heads: heads, inner: Double(block.headWidth) - rotary, columns: rank, holding: hidden + rows * heads * rotary))
    }
    if filling.tokens > 0 || streaming.tokens == 0 {
      let positions = filling.positions
      let values = positions * valueWidth
      let expanded = latent.expandedWidth(heads: block.heads, headWidth: block.headWidth)
      list.add(.matmul("attention.kv_up", rows: positions, inner: rank, columns: expanded, fromCache: true, holding: hidden + queries))
      if kernels == .eager {
        list.add(Operator("attention.keys", moving: Moves(activationsRead: positions * expanded - values, activationsWritten: positions * queryWidth, cacheRead: positions * rotary), holding: hidden + queries + values))
      }
    }
  }

  /// The attention of groups that stream the cache: in the absorbed form where there is a latent.
  var streamedAttention: AttentionShape {
    guard let latent = block.latent else { return attention }
    return attention.absorbed(rank: Double(latent.rank), rotary: Double(latent.rotaryWidth))
  }

  /// The values of every head of the attended latents, where attention left it at these.
  func valueProjection(_ latent: LatentAttention, _ list: inout OperatorList) {
    list.add(
      .headProduct(
        "attention.value_up", rows: streaming.tokens, heads: Double(block.heads), inner: Double(latent.rank),
        columns: Double(latent.valueWidth), to: .productInput, holding: waiting))
  }

  // swift-format-ignore
  private func queryProjections(_ latent: LatentAttention, _ list: inout OperatorList) {
    guard let queryRank = latent.queryRank.map(Double.init) else {
      return list.add(matmul("attention.query", inner: width, columns: queryWidth, bias: false, holding: hidden))
    }
    // The normalised hidden state waits for attention.kv_down.
    list.add(matmul("attention.query_down", inner: width, columns: queryRank, bias: block.qkvBias, holding: hidden))
    list.add(.normalization("attention.query_norm", .rms, rows: rows, width: queryRank, to: .productInput, holding: 2 * hidden))
    list.add(matmul("attention.query_up", inner: queryRank, columns: queryWidth, bias: false, holding: 2 * hidden))
  }
}
