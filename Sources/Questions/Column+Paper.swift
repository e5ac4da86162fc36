internal import Architectures
internal import Documents
package import Estimation
package import Reproduction

extension Column {
  /// What LLaVA-PruMerge prints of a method: the accuracy of the row of the same method and backbone nearest to these
  /// tokens. Not measured here.
  public static let paper: [Column] =
    [
      Column("paper_table", "table*", .count, "the table of the paper that the accuracies are of") {
        .number($0.estimate.paperRow.map { Double($0.table) })
      },
      Column("paper_tokens", "tokens*", .count, "the visual tokens of that row of the paper") {
        .number($0.estimate.paperRow?.tokens.map(Double.init))
      },
    ]
    + PaperAccuracy.Benchmark.allCases.map { benchmark in
      Column(
        "paper_" + benchmark.rawValue.lowercased().filter { $0.isLetter || $0.isNumber }, "\(benchmark.rawValue)*",
        .number,
        "the accuracy on \(benchmark.rawValue) that the paper prints", prefersMore: true
      ) { .number($0.estimate.paperRow?.score(benchmark)) }
    }
}

extension Estimate {
  private static let paperTitles = [
    "prumerge": "PruMerge", "prumerge+": "LLaVA-1.5+PruMerge+", "tome": "LLaVA-1.5+ToMe", "ats": "LLaVA-1.5+ATS",
    "evit": "LLaVA-1.5+EViT", "crossget": "LLaVA-1.5+CrossGet", "sequential": "Sequential", "spatial": "Spatial",
  ]

  /// The paper's row on this method, of those on the same language model the one with the nearest number of tokens, at
  /// most half as many or as many again.
  package var paperRow: PaperAccuracy.Row? {
    let method = reducerName.map { String($0.prefix { $0 != ":" }) }
    guard model.name.hasPrefix("llava-1.5-"),
      let title = method == nil ? "LLaVA-1.5" : method.flatMap({ Self.paperTitles[$0] })
    else { return nil }
    let backbone = model.name.replacing("llava-1.5", with: "vicuna")
    let candidates = PaperAccuracy.rows.filter { row in
      guard row.backbone == backbone, let other = row.tokens, 2 * other >= visualTokens, other <= 2 * visualTokens
      else {
        return false
      }
      return title.hasPrefix("LLaVA") ? row.method == title : row.method.hasPrefix(title) || row.method.hasSuffix(title)
    }
    return candidates.min { abs(($0.tokens ?? 0) - visualTokens) < abs(($1.tokens ?? 0) - visualTokens) }
  }
}
