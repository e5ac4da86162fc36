internal import RooflineKit

/// The token counts and accuracies of LLaVA-PruMerge with the prefill times that such token counts have.
struct PruMergeTokens: Sendable {
  /// A token count of the paper on one backbone, priced before and after the reduction.
  struct Count: Sendable {
    /// The paper's statement.
    var paper: PaperTokenCounts.Row
    /// The catalog name of the language model.
    var backbone: String
    /// With all visual tokens.
    var before: PricedPrefill
    /// With those left.
    var after: PricedPrefill
  }

  /// An accuracy of the paper, priced.
  struct Accuracy: Sendable {
    /// The paper's row.
    var paper: PaperAccuracy.Row
    /// The visual tokens that the row's method leaves.
    var tokens: Int
    /// The prefill with them.
    var prefill: PricedPrefill
  }

  /// Every token count, on every backbone that the paper ran the model with.
  let counts: [Count]
  /// Every accuracy whose method says how many tokens it leaves.
  let accuracies: [Accuracy]

  /// Prices every row.
  ///
  /// - Throws: `Diagnostic` if the catalog lacks a model or a device.
  init(catalog: Catalog = .standard) throws(Diagnostic) {
    var counts: [Count] = []
    for row in PaperTokenCounts.rows {
      // Video-LLaVA has a Vicuna-7B; the counts of LLaVA-1.5 are priced on both of its sizes.
      for backbone in row.model == "llava-1.5" ? ["vicuna-7b", "vicuna-13b"] : ["vicuna-7b"] {
        counts.append(
          Count(
            paper: row, backbone: backbone,
            before: try PricedPrefill(backbone, visualTokens: row.before, catalog: catalog),
            after: try PricedPrefill(backbone, visualTokens: row.after, catalog: catalog)))
      }
    }
    self.counts = counts
    var accuracies: [Accuracy] = []
    for row in PaperAccuracy.rows {
      guard let tokens = row.tokens else { continue }
      accuracies.append(
        Accuracy(
          paper: row, tokens: tokens,
          prefill: try PricedPrefill(row.backbone, visualTokens: tokens, catalog: catalog)))
    }
    self.accuracies = accuracies
  }
}
