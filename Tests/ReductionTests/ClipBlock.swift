import Architectures
import Operators

extension TransformerBlock {
  /// A layer of a CLIP tower: heads of 64, a feed-forward block four times as wide.
  static func clip(width: Int) -> TransformerBlock {
    .encoder(width: width, heads: width / 64, headWidth: 64, feedForward: 4 * width, activation: .quickGELU)
  }
}
