package import Documents
package import Images
internal import Encoding
internal import Reduction
package import ReductionMethods

/// A picture under the attention of the class token, and what a reducer keeps of it.
package struct DrawnAttention: Sendable {
  /// Both panels.
  package let drawing: Image
  /// The name of the reducer.
  package let reducer: String
  /// The patches of the picture, those that the reducer keeps, and its tokens.
  package let patches, kept, tokens: Int

  /// As in `prumerge keeps 40 of 576 patches in 41 tokens`.
  package var summary: String { "\(reducer) keeps \(kept) of \(patches) patches in \(tokens) tokens" }
}

extension Photograph {
  /// Draws what the class token attends to in the whole picture, as PruMerge reads it, and the patches that a reducer keeps.
  ///
  /// - Throws: `Diagnostic` if the picture cannot be encoded, the reducer does not suit it, or no tile shows all of it.
  package func attentionMap(of reducer: any ReductionMethod) throws(Diagnostic) -> DrawnAttention {
    let (place, picture) = try whole()
    let features = try features()[place]
    let result = try tilesReduced(by: reducer)[place].result
    // The class token, which some keep, is no patch.
    let kept = Set(result.kept.filter { $0 >= 0 })
    let map = try AttentionMap(
      picture: picture, rows: features.grid.rows, columns: features.grid.columns,
      attention: features.classAttention(), kept: kept.sorted())
    return DrawnAttention(
      drawing: try map.drawn(), reducer: reducer.name, patches: features.patches, kept: kept.count,
      tokens: result.count)
  }
}
