internal import Architectures
internal import Engines

extension Engine {
  /// Rows to which vLLM pads a vocabulary before it divides it (`DEFAULT_VOCAB_PADDING_SIZE`).
  private static let vocabularyPadding = 64

  /// Why it does not run a model over so many devices, in words; nil where it does.
  ///
  /// Devices that share every layer must divide its heads and the padded vocabulary, and its heads of keys where there are
  /// not fewer of those, which else must divide the devices (vLLM: `ModelConfig.verify_with_parallel_config`, the
  /// models' own assertions, `divide`).
  func obstacle(_ model: MultimodalModel, _ parallelism: Parallelism) -> String? {
    let tensor = parallelism.tensor
    guard needsWholeShares, tensor > 1, let language = model.language else { return nil }
    func text(_ count: Int, _ what: String) -> String {
      "\(name) does not run this: \(tensor) devices do not divide \(count) \(what)"
    }
    for run in language.stack.runs where run.block.hasAttention {
      let (heads, kvHeads) = (run.block.heads, run.block.kvHeads)
      guard heads % tensor == 0 else { return text(heads, "heads") }
      guard run.block.latent == nil else { continue }
      guard max(kvHeads, tensor) % min(kvHeads, tensor) == 0 else { return text(kvHeads, "heads of keys") }
    }
    let rows = (language.vocabulary + Self.vocabularyPadding - 1) / Self.vocabularyPadding * Self.vocabularyPadding
    return rows % tensor == 0 ? nil : text(rows, "rows of the padded vocabulary")
  }
}
