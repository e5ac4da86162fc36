internal import Documents

/// How PruMerge folds the patches of an image into the few that it chose.
///
/// As released, each chosen patch p becomes y_p + sum of a_j y_j over the 32 patches j, chosen ones among them, whose
/// keys make the smallest angles with that of p; and those left over make one more token, the sum of a_j y_j over all
/// of them. As in the paper, neighbours are found by the dot product of keys, y_p itself is left out, and so is the
/// further token. The weights a are the class attention, not normalized; every y is the original token.
struct TokenMerging {
  /// The patches that are folded into each chosen one, or all there are.
  static let neighbours = 32
  /// Chosen patches whose similarities are held at a time, as many as the kernel multiplies at a time.
  private static let blockSize = 96
  /// Columns of the tokens that are summed at a time: of 576 tokens they stay in the second-level cache.
  private static let slice = 256

  private let features: VisualFeatures
  private let attention: [Float]
  private let variant: PruMerge.Variant
  /// What a patch's dot product is multiplied with to be its similarity: 1, or the inverse norm of its key.
  private let scales: [Float]

  /// - Throws: `Diagnostic` if keys are so large that their norms overflow.
  init(_ features: VisualFeatures, attention: [Float], variant: PruMerge.Variant) throws(Diagnostic) {
    self.features = features
    self.attention = attention
    self.variant = variant
    let squaredNorms = features.keys.squaredNorms().dropFirst()
    guard squaredNorms.allSatisfy(\.isFinite) else {
      throw Diagnostic(file: features.name, "keys are so large that their norms overflow")
    }
    switch variant {
    // The smallest norm that counts is that of `torch.nn.functional.normalize`; a key of zeros is like no other.
    case .released: scales = squaredNorms.map { 1 / max($0.squareRoot(), 1e-12) }
    case .paper: scales = squaredNorms.map { _ in 1 }
    }
  }

  /// The result of merging into `chosen`, then `unmerged` as they are, then as released the token of the `rest`.
  ///
  /// A patch may be chosen twice; then it is merged twice, and each time the other occurrence is its neighbour.
  /// - Throws: `Diagnostic` if tokens are so large that their sums overflow.
  func tokens(
    _ chosen: [Int], unmerged: [Int] = [], rest: [Int], note: String? = nil
  ) throws(Diagnostic) -> ReducedTokens {
    let kept = chosen + unmerged
    let width = features.tokens.columns
    let candidates = Candidates(chosen + unmerged + rest, patches: features.patches)
    let tokens = Matrix(rows: kept.count + (variant == .released ? 1 : 0), columns: width) { output in
      Threads.share(chosen.count, work: 2 * chosen.count * features.patches * width) { part in
        for start in stride(from: part.lowerBound, to: part.upperBound, by: Self.blockSize) {
          let block = chosen[start..<min(start + Self.blockSize, part.upperBound)]
          merge(block, candidates, into: output + start * width)
        }
        if variant == .released {
          let columns = columns(of: part, among: chosen.count)
          sum(rest, columns: columns, into: output + kept.count * width)
        }
      }
      for (row, patch) in unmerged.enumerated() { copy(patch, to: output + (chosen.count + row) * width) }
    }
    guard tokens.firstNonFinite == nil else {
      throw Diagnostic(file: features.name, "tokens are so large that their weighted sums overflow")
    }
    return ReducedTokens(tokens: tokens, kept: kept, note: note)
  }

  /// The patches that may be neighbours, ascending, each as often as it may be one.
  private struct Candidates {
    /// The patches.
    let patches: [Int]
    /// Where in `patches` a patch first stands; -1 if it does not.
    let positions: [Int]

    init(_ members: [Int], patches count: Int) {
      var occurrences = [Int](repeating: 0, count: count)
      for patch in members { occurrences[patch] += 1 }
      var patches: [Int] = []
      patches.reserveCapacity(members.count)
      var positions = [Int](repeating: -1, count: count)
      for patch in 0..<count where occurrences[patch] > 0 {
        positions[patch] = patches.count
        for _ in 0..<occurrences[patch] { patches.append(patch) }
      }
      self.patches = patches
      self.positions = positions
    }
  }

  /// Writes the merged token of every chosen patch, in their order.
  private func merge(_ chosen: ArraySlice<Int>, _ candidates: Candidates, into output: UnsafeMutablePointer<Float>) {
    let count = max(0, min(Self.neighbours, candidates.patches.count - 1))
    let nearest = neighbours(of: chosen, candidates, count: count)
    let weights = nearest.map { attention[$0 - 1] }
    let width = features.tokens.columns
    features.tokens.withRows { tokens in
      nearest.withUnsafeBufferPointer { nearest in
        weights.withUnsafeBufferPointer { weights in
          for start in stride(from: 0, to: width, by: Self.slice) {
            for (row, patch) in chosen.enumerated() {
              let mine = row * count..<(row + 1) * count
              tokens.add(
                UnsafeBufferPointer(rebasing: nearest[mine]), weights: weights.baseAddress.map { $0 + mine.lowerBound },
                to: variant == .released ? tokens[patch + 1] : nil, columns: start..<min(start + Self.slice, width),
                into: output + row * width)
            }
          }
        }
      }
    }
  }

  /// The rows of the `count` candidates most similar to each of the chosen patches: [chosen.count, count] numbers.
  private func neighbours(of chosen: ArraySlice<Int>, _ candidates: Candidates, count: Int) -> [Int] {
    let rows = candidates.patches.map { $0 + 1 }
    let scales = candidates.patches.map { self.scales[$0] }
    let chosenRows = chosen.map { $0 + 1 }
    var products = [Float](repeating: 0, count: chosen.count * rows.count)
    var keys = [Int32](repeating: 0, count: rows.count)
    var nearest = [Int](repeating: 0, count: chosen.count * count)
    features.keys.withRows { matrix in
      chosenRows.withUnsafeBufferPointer { chosenRows in
        rows.withUnsafeBufferPointer { matrix.multiply(chosenRows, with: $0, into: &products) }
      }
    }
    for (row, patch) in chosen.enumerated() {
      let mine = row * rows.count
      if candidates.positions[patch] >= 0 { products[mine + candidates.positions[patch]] = -.infinity }
      products.withUnsafeBufferPointer { products in
        nearest.withUnsafeMutableBufferPointer { nearest in
          guard let similarities = products.baseAddress, let found = nearest.baseAddress else { return }
          RowKernels.largest(
            count, of: similarities + mine, times: scales, count: rows.count, keys: &keys, into: found + row * count)
        }
      }
      for index in row * count..<(row + 1) * count { nearest[index] = rows[nearest[index]] }
    }
    return nearest
  }

  /// Writes the token of a patch as it is.
  private func copy(_ patch: Int, to token: UnsafeMutablePointer<Float>) {
    features.tokens.withRows { token.update(from: $0[patch + 1], count: features.tokens.columns) }
  }

  /// The columns that are summed beside `part` of so many chosen patches: its share of them, in whole vectors.
  private func columns(of part: Range<Int>, among count: Int) -> Range<Int> {
    func bound(_ row: Int) -> Int {
      row == count ? features.tokens.columns : row * features.tokens.columns / count / 64 * 64
    }
    return (part.lowerBound == 0 ? 0 : bound(part.lowerBound))..<bound(part.upperBound)
  }

  /// Writes some columns of the sum of the tokens of `patches`, weighted with their attention.
  private func sum(_ patches: [Int], columns: Range<Int>, into token: UnsafeMutablePointer<Float>) {
    let weights = patches.map { attention[$0] }
    let rows = patches.map { $0 + 1 }
    rows.withUnsafeBufferPointer { rows in
      features.tokens.withRows { $0.add(rows, weights: weights, to: nil, columns: columns, into: token) }
    }
  }
}
