/// The projections of multi-head latent attention (DeepSeek-V2, arXiv:2405.04434, section 2.1).
///
/// Keys and values of all heads are made of one latent of `rank` elements a token, and all heads share one rotated
/// key; only these two are cached. A prefill expands them to keys and values of every head, as transformers does. The
/// block's `headWidth` is that of the expanded queries and keys, its `rotaryWidth` the rotated part of it.
public struct LatentAttention: Sendable, Hashable {
  /// Elements of the latent that queries are made of, or nil if they are made of the hidden state at once.
  public var queryRank: Int?
  /// Elements of the latent that keys and values are made of.
  public var rank: Int
  /// Elements of the rotated key that all heads share.
  public var rotaryWidth: Int
  /// Width of one head's values.
  public var valueWidth: Int

  /// The projections of the given sizes.
  public init(queryRank: Int?, rank: Int, rotaryWidth: Int, valueWidth: Int) {
    self.queryRank = queryRank
    self.rank = rank
    self.rotaryWidth = rotaryWidth
    self.valueWidth = valueWidth
  }

  /// Elements of one token in the cache.
  var cacheWidth: Int { rank + rotaryWidth }

  /// Columns of the product that expands the latent: keys without their rotated part, and values, of all heads.
  func expandedWidth(heads: Int, headWidth: Int) -> Double {
    Double(heads) * (Double(headWidth) - Double(rotaryWidth) + Double(valueWidth))
  }

  /// The parameters of all projections but the output's; `bias` says that those to the latents have biases.
  func parameters(width: Int, heads: Int, headWidth: Int, bias: Bool) -> [ParameterGroup] {
    let width = Double(width)
    let queries = Double(heads) * Double(headWidth)
    let down = Double(cacheWidth)
    var matrices = width * down + Double(rank) * expandedWidth(heads: heads, headWidth: headWidth)
    var small = Double(rank) + (bias ? down : 0)
    if let queryRank {
      let rank = Double(queryRank)
      matrices += width * rank + rank * queries
      small += rank + (bias ? rank : 0)
    } else {
      matrices += width * queries
    }
    return [
      ParameterGroup("layer matrices", matrices, quantized: true),
      ParameterGroup("layer norms and biases", small, quantized: false),
    ]
  }
}
