internal import Operators

extension BlockShapes {
  /// Queries by way of a latent of their own, keys and values by way of the latent that is cached.
  ///
  /// The latent and the rotated key are written to the cache once and read from it once. Over whole sequences keys and
  /// values of every head are expanded, those of the context again; eager kernels gather the keys of every head from
  /// both parts in memory, a fused attention kernel reads the parts. A step of decoding expands nothing: the queries
  /// absorb the matrix of the keys.
  // swift-format-ignore
  func latentProjections(_ latent: LatentAttention, _ kernels: Kernels) -> [Operator] {
    let rank = Double(latent.rank)
    let rotary = Double(latent.rotaryWidth)
    let expanded = latent.expandedWidth(heads: block.heads, headWidth: block.headWidth)
    let positions = attention.batch * attention.reach
    let values = positions * valueWidth
    let keys = positions * queryWidth
    let first = queryProjections(latent)
    + [
      matmul("attention.kv_down", inner: width, columns: rank + rotary, bias: block.qkvBias, holding: hidden + queries),
      .normalization("attention.kv_norm", .rms, rows: rows, width: rank, to: .cache, holding: hidden + queries + rows * rotary),
      .rotary("attention.rotary", queries: rows * Double(block.heads) * rotary, keys: rows * rotary, cached: true, holding: hidden + queries - rows * Double(block.heads) * rotary),
    ]
    if absorbs {
      return first + [.headProduct("attention.key_absorb", rows: rows, heads: Double(block.heads), inner: Double(block.headWidth) - rotary, columns: rank, holding: hidden + rows * Double(block.heads) * rotary)]
    }
    return first + [
      .matmul("attention.kv_up", rows: positions, inner: rank, columns: expanded, from: .cache, holding: hidden + queries),
    ]
    + (kernels == .eager
      ? [.gather("attention.keys", reading: [.reads(positions * expanded - values), .readsCache(positions * rotary)], writing: keys, holding: hidden + queries + values)]
      : [])
  }

  /// Whether queries absorb the matrix that would expand the latent: in decoding.
  var absorbs: Bool { block.latent != nil && attention.decodes }

  /// The values of every head of the attended latents, where attention left it at these.
  func valueProjection() -> [Operator] {
    guard absorbs, let latent = block.latent else { return [] }
    return [
      .headProduct(
        "attention.value_up", rows: rows, heads: Double(block.heads), inner: Double(latent.rank),
        columns: Double(latent.valueWidth), to: .productInput, holding: waiting)
    ]
  }

  // swift-format-ignore
  private func queryProjections(_ latent: LatentAttention) -> [Operator] {
    guard let queryRank = latent.queryRank.map(Double.init) else {
      return [matmul("attention.query", inner: width, columns: queryWidth, bias: false, holding: hidden)]
    }
    // The normalised hidden state waits for attention.kv_down.
    return [
      matmul("attention.query_down", inner: width, columns: queryRank, bias: block.qkvBias, holding: hidden),
      .normalization("attention.query_norm", .rms, rows: rows, width: queryRank, to: .productInput, holding: 2 * hidden),
      matmul("attention.query_up", inner: queryRank, columns: queryWidth, bias: false, holding: 2 * hidden),
    ]
  }
}
