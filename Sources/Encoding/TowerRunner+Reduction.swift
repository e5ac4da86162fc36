package import Architectures
package import Documents
internal import LinearAlgebra
package import Reduction

/// What is left of an image's tokens behind an encoder in which a reducer worked.
package struct EncoderReduction: Sendable {
  /// The tokens without the class token, and which of them each patch went into.
  package let result: ReducedTokens
  /// The tokens that every layer really worked on, class token included.
  package let schedule: TokenSchedule
}

extension TowerRunner {
  /// Runs the tower up to its penultimate layer's output with a reducer at work between attention and feed-forward
  /// block.
  ///
  /// - Parameters:
  ///   - pixels: [channels, height, width], as the tower's preprocessing leaves them.
  ///   - name: what to call the image.
  /// - Throws: `Diagnostic` as `encode` does.
  package func reduce(
    pixels: [Float], height: Int, width: Int, name: String, by reducer: any InEncoderReducer
  ) throws(Diagnostic) -> EncoderReduction {
    try embed(pixels, height: height, width: width, name: name)
    var origin = TokenOrigin(patches: encoder.patches)
    var changes: [TokenSchedule.Change] = []
    for layer in tower.rests.indices {
      attend(layer)
      try checkFinite()
      if let combined = try reducer.step(try layerTokens(), layer: layer, of: encoder) {
        combine(combined)
        origin.follow(combined)
        changes.append(.init(insideLayer: layer, tokens: tokens))
      }
      feedForward(layer)
    }
    try checkFinite()
    let output = copy(stream.start + self.width, rows: tokens - 1, stride: self.width, columns: self.width)
    guard let matrix = Matrix(columns: self.width, elements: output) else { throw broken() }
    let schedule = TokenSchedule(initial: encoder.tokens, changes: changes)
    return EncoderReduction(
      result: ReducedTokens(tokens: matrix, kept: origin.kept, assignment: origin.assignment), schedule: schedule)
  }

  /// What the reducer may look at.
  private func layerTokens() throws(Diagnostic) -> LayerTokens {
    let (keys, values) = (part(1), part(2))
    guard let keys, let values else { throw broken() }
    let query = copy(projected.start, rows: 1, stride: 3 * width, columns: width)
    return LayerTokens(
      keys: keys, values: values, classQuery: query, sizes: sizes ?? [Float](repeating: 1, count: tokens),
      heads: heads, name: name)
  }

  /// The queries, keys or values that were projected last.
  private func part(_ index: Int) -> Matrix? {
    let start = projected.start + index * width
    return Matrix(columns: width, elements: copy(start, rows: tokens, stride: 3 * width, columns: width))
  }

  /// Puts sums of the tokens in their place.
  private func combine(_ combined: [CombinedToken]) {
    let source = normed.start
    source.update(from: stream.start, count: tokens * width)
    for (row, token) in combined.enumerated() {
      let output = stream.start + row * width
      output.update(repeating: 0, count: width)
      for term in token.terms {
        let input = source + term.row * width
        for column in 0..<width { output[column] += input[column] * term.weight }
      }
    }
    tokens = combined.count
    sizes = combined.allSatisfy { $0.size == 1 } ? nil : combined.map(\.size)
  }
}

/// Which token every patch is in, on its way through the layers.
private struct TokenOrigin {
  /// The row of the token that each patch went into, the class token's being 0; nil for those dropped.
  private var rows: [Int?]
  /// The patch that each token continues; -1 for the class token and those made of many.
  private var patches: [Int]

  init(patches: Int) {
    rows = (0..<patches).map { $0 + 1 }
    self.patches = [-1] + (0..<patches)
  }

  mutating func follow(_ combined: [CombinedToken]) {
    var target: [Int: Int] = [:]
    for (row, token) in combined.enumerated() {
      for term in token.terms { target[term.row] = row }
    }
    rows = rows.map { $0.flatMap { target[$0] } }
    patches = combined.map { $0.continues.map { patches[$0] } ?? -1 }
  }

  var assignment: [Int] { rows.map { $0.map { $0 - 1 } ?? -1 } }

  /// The patches of all tokens up to the last that continues one; -1 for those before it that do not.
  var kept: [Int] {
    let all = patches.dropFirst()
    return [Int](all.prefix((all.lastIndex { $0 >= 0 } ?? 0)))
  }
}
