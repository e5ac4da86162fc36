internal import Documents

/// Sums of tokens that are merged, one for each token that is left.
///
/// What goes into which token is collected first, then every token is summed and written once.
struct TokenSums {
  private let features: VisualFeatures
  /// What each token is multiplied with in the end.
  private var factors: [Float]
  /// The token that each patch goes to, with its row in the features and its weight, in the order of the calls.
  private var targets: [Int] = []
  private var rows: [Int] = []
  private var weights: [Float] = []

  /// `count` tokens of zeros.
  init(_ features: VisualFeatures, count: Int) {
    self.features = features
    factors = [Float](repeating: 1, count: count)
    targets.reserveCapacity(features.patches + 1)
    rows.reserveCapacity(features.patches + 1)
    weights.reserveCapacity(features.patches + 1)
  }

  /// Adds the token of a patch (-1: the class token), times `weight`, to token `index`.
  mutating func add(_ patch: Int, to index: Int, times weight: Float = 1) {
    targets.append(index)
    rows.append(patch + 1)
    weights.append(weight)
  }

  /// Multiplies token `index` by `factor`.
  mutating func scale(_ index: Int, by factor: Float) { factors[index] *= factor }

  /// The tokens.
  ///
  /// - Throws: `Diagnostic` if they are so large that sums overflowed.
  func matrix() throws(Diagnostic) -> Matrix {
    let (starts, order) = grouped()
    let sortedRows = order.map { rows[$0] }
    let sortedWeights = order.map { weights[$0] * factors[targets[$0]] }
    let width = features.tokens.columns
    let matrix = Matrix(rows: factors.count, columns: width) { output in
      sortedRows.withUnsafeBufferPointer { sortedRows in
        sortedWeights.withUnsafeBufferPointer { sortedWeights in
          features.tokens.withRows { tokens in
            for token in factors.indices {
              let mine = starts[token]..<starts[token + 1]
              tokens.add(
                UnsafeBufferPointer(rebasing: sortedRows[mine]),
                weights: sortedWeights.baseAddress.map { $0 + mine.lowerBound }, to: nil, columns: 0..<width,
                into: output + token * width)
            }
          }
        }
      }
    }
    guard matrix.firstNonFinite == nil else {
      throw Diagnostic(file: features.name, "tokens are so large that their weighted sums overflow")
    }
    return matrix
  }

  /// The calls of `add` sorted by token, the order within one kept, and where in them each token's begin and end.
  private func grouped() -> (starts: [Int], order: [Int]) {
    var starts = [Int](repeating: 0, count: factors.count + 1)
    for target in targets { starts[target + 1] += 1 }
    for token in factors.indices { starts[token + 1] += starts[token] }
    var next = starts
    var order = [Int](repeating: 0, count: targets.count)
    for (call, target) in targets.enumerated() {
      order[next[target]] = call
      next[target] += 1
    }
    return (starts, order)
  }
}
