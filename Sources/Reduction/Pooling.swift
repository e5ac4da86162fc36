package import Documents
package import Operators
package import ReductionMethods

/// The mean of every square of patches: plain down-sampling, which Z. Wen and others (arXiv:2502.11501) find to beat
/// many methods.
package struct Pooling: TokenReducer, Equatable {
  private let side: Int

  init(_ arguments: inout ReducerArguments) throws(Diagnostic) {
    side = try arguments.takeCount("the side of a square of patches, as in pool:2")
  }

  /// The specification that makes this reducer again.
  package var name: String { "pool:\(side)" }

  /// The means of squares of patches in reading order; at the right and lower edges of what there is of a square.
  ///
  /// - Throws: `Diagnostic` for a square larger than the grid, and for tokens so large that their sums overflow.
  package func reduce(_ features: VisualFeatures) throws(Diagnostic) -> ReducedTokens {
    let grid = features.grid
    guard side <= max(grid.rows, grid.columns) else {
      throw Diagnostic(file: features.name, "\(name) has squares larger than the grid of \(grid) patches")
    }
    let across = (grid.columns + side - 1) / side
    let assignment = (0..<features.patches).map { $0 / grid.columns / side * across + $0 % grid.columns / side }
    var sizes = [Int](repeating: 0, count: (grid.rows + side - 1) / side * across)
    var sums = TokenSums(features, count: sizes.count)
    for (patch, token) in assignment.enumerated() {
      sums.add(patch, to: token)
      sizes[token] += 1
    }
    for (token, size) in sizes.enumerated() { sums.scale(token, by: 1 / Float(size)) }
    return ReducedTokens(tokens: try sums.matrix(), kept: [], assignment: assignment)
  }

  /// One sum over all tokens.
  package func operators(_ shape: ReductionShape) -> [Operator] {
    [
      Operator(
        "mean", vectorFLOPs: shape.elements + shape.outputElements,
        reading: shape.elements, writing: shape.outputElements)
    ]
  }
}

extension Reducers.Method {
  static let pool = Self(
    name: "pool", usage: "pool:S", example: "pool:2",
    summary: "the mean of every square of S x S patches", citation: wrongProblemPaper,
    within: { $0.pool }
  ) { (arguments) throws(Diagnostic) in try Pooling(&arguments) }
}

extension TokenBudget {
  /// The smallest squares that leave few enough.
  fileprivate var pool: String? {
    (1...max(grid.rows, grid.columns)).first {
      ((grid.rows + $0 - 1) / $0) * ((grid.columns + $0 - 1) / $0) <= tokens
    }.map { "pool:\($0)" }
  }
}
