package import Operators

/// The format in which a checkpoint's weights are stored, where its configuration states one.
package struct Checkpoint: Sendable, Hashable {
  /// The precision of its converted products.
  package var precision: Precision
  /// What it is, in words: format, scales, what is not converted.
  package var text: String
  /// The parts of every layer of the language model that are not converted.
  package var plainParts: [LayerParts]
  /// What its files hold, where they are at hand.
  package var stored: StoredWeights?
  /// Whether the model runs in it unless another precision is asked for: where it is quantised.
  package var isDefault = true

  /// A format of a checkpoint.
  package init(precision: Precision, text: String, plainParts: [LayerParts] = []) {
    (self.precision, self.text, self.plainParts) = (precision, text, plainParts)
  }
}

/// Parts of a layer whose products are quantised together or not at all.
package struct LayerParts: OptionSet, Sendable, Hashable {
  /// A bit for each part.
  package let rawValue: UInt8

  /// The parts of so many bits.
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Attention's products.
  package static let attention = LayerParts(rawValue: 1)
  /// The feed-forward block that every token passes.
  package static let feedForward = LayerParts(rawValue: 2)
  /// Experts that every token passes.
  package static let shared = LayerParts(rawValue: 4)
  /// Experts that a router picks.
  package static let experts = LayerParts(rawValue: 8)
  /// A recurrence's products.
  package static let recurrence = LayerParts(rawValue: 16)
  /// An indexer's products.
  package static let indexer = LayerParts(rawValue: 32)

  /// All that can stand in a feed-forward block.
  static let feedForwards: LayerParts = [.feedForward, .shared, .experts]
}

extension MultimodalModel {
  /// The model with every part in the format of its checkpoint: what is not converted there is never quantised.
  package var asStored: MultimodalModel {
    guard let parts = checkpoint?.plainParts, let language, parts.count == language.layers else { return self }
    var copy = self
    copy.language?.stack = language.stack.mapped { (block, layer) in
      var block = block
      block.plainParts = parts[layer]
      return block
    }
    return copy
  }
}
