package import Documents
internal import Operators

/// How the products of a language model's layers are stored, where each is not one matrix.
package struct ProductFactors: Sendable, Hashable {
  /// The rank of two factors in place of every matrix, as a share of the smaller of its sides; nil for whole matrices.
  package var rankRatio: Double?
  /// The rank of an adapter beside every matrix (LoRA, arXiv:2106.09685, section 4.1); 0 for none.
  package var adapterRank: Int

  /// Factors, adapters, or both.
  package init(rankRatio: Double? = nil, adapterRank: Int = 0) {
    (self.rankRatio, self.adapterRank) = (rankRatio, adapterRank)
  }

  /// What a rank ratio and the rank of an adapter may be.
  package static let ratioRange = 0.001...1.0, rankRange = 0...65_536
}

extension MultimodalModel {
  /// The model with factors in place of the matrices of its language model's layers, or with adapters beside them.
  ///
  /// - Throws: `Diagnostic` for a model without a language model, or ranks that make no sense.
  package func storing(_ factors: ProductFactors) throws(Diagnostic) -> MultimodalModel {
    guard let language else {
      throw Diagnostic("\(name) has no language model whose products could have factors or adapters")
    }
    if let ratio = factors.rankRatio, !ProductFactors.ratioRange.contains(ratio) {
      throw Diagnostic("expected a rank ratio from 0.001 to 1, found \(ratio)")
    }
    guard ProductFactors.rankRange.contains(factors.adapterRank) else {
      throw Diagnostic("expected adapters of rank 0 to 65536, found \(factors.adapterRank)")
    }
    guard factors.rankRatio != nil || factors.adapterRank > 0 else { return self }
    var copy = self
    copy.language?.stack = language.stack.mapped { $0.storing(factors) }
    if let block = language.crossAttention?.block { copy.language?.crossAttention?.block = block.storing(factors) }
    // Files hold whole matrices, and adapters in files of their own.
    if factors.rankRatio != nil {
      copy.checkpoint?.stored = nil
    } else {
      let adapters = Int(copy.parameterCount - parameterCount)
      copy.checkpoint?.stored?.add("adapters", format: "F16", elements: adapters, bytes: 2 * adapters)
    }
    return copy
  }

  /// How the products of the language model's layers are stored; nil where each is one matrix.
  package var factors: ProductFactors? { language?.block.factors }
}

extension TransformerBlock {
  fileprivate func storing(_ factors: ProductFactors) -> TransformerBlock {
    var copy = self
    copy.factors = factors
    return copy
  }
}
