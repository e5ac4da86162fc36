extension AttentionShape {
  /// Turns to the absorbed form of latent attention (DeepSeek-V2, arXiv:2405.04434, section 2.1.2).
  ///
  /// Queries are multiplied by the matrix that would expand the latent to keys, so that all heads share one key, the
  /// latent of `rank` elements beside the rotated key of `rotary`, and one value, the latent itself.
  public mutating func absorb(rank: Double, rotary: Double) {
    kvHeads = 1
    headWidth = rank + rotary
    valueWidth = rank
    sharedKeyWidth = 0
    cached = true
    sharesValues = true
  }
}
