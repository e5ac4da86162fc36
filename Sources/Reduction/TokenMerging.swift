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
  /// Chosen patches whose similarities are held at a time.
  private static let blockSize = 48

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
    let width = features.width
    let tokens = Matrix(rows: kept.count + (variant == .released ? 1 : 0), columns: width) { output in
      merge(chosen, others: unmerged + rest, into: output)
      for (row, patch) in unmerged.enumerated() { copy(patch, to: output + (chosen.count + row) * width) }
      if variant == .released {
        clear(output + kept.count * width)
        add(rest, to: output + kept.count * width)
      }
    }
    guard tokens.firstNonFinite == nil else {
      throw Diagnostic(file: features.name, "tokens are so large that their weighted sums overflow")
    }
    return ReducedTokens(tokens: tokens, kept: kept, note: note)
  }

  /// Writes the merged token of every chosen patch, in their order.
  private func merge(_ chosen: [Int], others: [Int], into output: UnsafeMutablePointer<Float>) {
    let patches = features.patches
    var occurrences = [Int](repeating: 0, count: patches)
    for patch in chosen + others { occurrences[patch] += 1 }
    var products = [Float](repeating: 0, count: min(chosen.count, Self.blockSize) * patches)
    for start in stride(from: 0, to: chosen.count, by: Self.blockSize) {
      let block = chosen[start..<min(start + Self.blockSize, chosen.count)]
      features.keys.multiply(block.map { $0 + 1 }, with: 1..<patches + 1, into: &products)
      for (row, patch) in block.enumerated() {
        occurrences[patch] -= 1
        let nearest = neighbours(products[row * patches..<(row + 1) * patches], occurrences)
        occurrences[patch] += 1
        let token = output + (start + row) * features.width
        if variant == .released { copy(patch, to: token) } else { clear(token) }
        add(nearest, to: token)
      }
    }
  }

  /// The patches most similar to one, given the dot products of all with it and how often each may be taken.
  private func neighbours(_ products: ArraySlice<Float>, _ occurrences: [Int]) -> [Int] {
    var nearest = Largest(capacity: Self.neighbours)
    var threshold: Float?
    products.withUnsafeBufferPointer { products in
      for patch in products.indices {
        let similarity = products[patch] * scales[patch]
        // Nearly all patches end here.
        if let threshold, similarity <= threshold { continue }
        for _ in 0..<occurrences[patch] { nearest.offer(similarity, index: patch) }
        threshold = nearest.threshold
      }
    }
    return nearest.indices
  }

  /// Writes zeros.
  private func clear(_ token: UnsafeMutablePointer<Float>) { token.update(repeating: 0, count: features.width) }

  /// Writes the token of a patch as it is.
  private func copy(_ patch: Int, to token: UnsafeMutablePointer<Float>) {
    features.tokens.withRows { token.update(from: $0[patch + 1], count: features.width) }
  }

  /// Adds the tokens of `patches`, weighted with their attention.
  private func add(_ patches: [Int], to token: UnsafeMutablePointer<Float>) {
    features.tokens.add(patches.map { $0 + 1 }, weights: patches.map { attention[$0] }, to: token)
  }
}
