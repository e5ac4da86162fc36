internal import Estimation
internal import Questions
internal import Reproduction

extension Report {
  /// Says where the accuracies come from.
  static func paperNotes(_ rows: [RowFigures]) -> [String] {
    guard rows.contains(where: { $0.estimate.paperRow != nil }) else { return [] }
    let source =
      "* accuracy as LLaVA-PruMerge (arXiv:2403.15388) prints it, in the row of the same method and backbone nearest "
      + "to these tokens; not measured here"
    return [source]
      + rows.compactMap { row -> String? in
        guard let paper = row.estimate.paperRow, let tokens = paper.tokens, tokens != row.estimate.visualTokens else {
          return nil
        }
        return
          "\(row.estimate.reducerName ?? "none"): the paper's accuracy is that of \(tokens) tokens (Table \(paper.table))"
      }
  }
}
