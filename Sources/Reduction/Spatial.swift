package import Documents
package import Operators
package import ReductionMethods

/// Keeps patches spread evenly over the image: the baseline of Table 4 of LLaVA-PruMerge (arXiv:2403.15388).
package struct Spatial: TokenReducer, Equatable {
  private let rows, columns: Int

  init(_ arguments: inout ReducerArguments) throws(Diagnostic) {
    let sides = try arguments.takeCounts("rows and columns, as in spatial:5x8", separatedBy: "x", 2...2)
    (rows, columns) = (sides[0], sides[1])
  }

  /// The specification that makes this reducer again.
  package var name: String { "spatial:\(rows)x\(columns)" }

  /// The tokens of the patches in the middle of `rows` x `columns` equal parts of the grid, as they are.
  ///
  /// - Throws: `Diagnostic` if the grid has fewer rows or columns.
  package func reduce(_ features: VisualFeatures) throws(Diagnostic) -> ReducedTokens {
    let grid = features.grid
    guard rows <= grid.rows, columns <= grid.columns else {
      throw Diagnostic(file: features.name, "\(name) has more rows or columns than the grid of \(grid) patches")
    }
    func middles(_ parts: Int, of side: Int) -> [Int] { (0..<parts).map { (2 * $0 + 1) * side / (2 * parts) } }
    return features.selecting(
      middles(rows, of: grid.rows).flatMap { row in
        middles(columns, of: grid.columns).map { row * grid.columns + $0 }
      })
  }

  /// Copying the tokens.
  package func operators(_ shape: ReductionShape) -> [Operator] { [shape.gather()] }
}

extension Reducers.Method {
  static let spatial = Self(
    name: "spatial", usage: "spatial:RxC", example: "spatial:5x8",
    summary: "keeps the patches in the middle of R rows and C columns", citation: pruMergePaper,
    within: { $0.spatial }
  ) { (arguments) throws(Diagnostic) in try Spatial(&arguments) }
}

extension TokenBudget {
  /// The rectangle of the most tokens; of several, the one closest to a square.
  fileprivate var spatial: String? {
    let sizes = (1...grid.rows).map { rows in (rows, columns: min(grid.columns, tokens / rows)) }
    let best = sizes.max { a, b in
      (a.0 * a.columns, -abs(a.0 - a.columns)) < (b.0 * b.columns, -abs(b.0 - b.columns))
    }
    return best.flatMap { $0.columns > 0 ? "spatial:\($0.0)x\($0.columns)" : nil }
  }
}
