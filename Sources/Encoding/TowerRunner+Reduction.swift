package import Architectures
package import Documents
internal import Configurations
internal import LinearAlgebra
package import Reduction
internal import ReductionMethods

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
  ///   - pixels: as the tower's preprocessing leaves them.
  ///   - name: what to call the image.
  /// - Throws: `Diagnostic` as `encode` does, and for a tower whose later layers or whose merger need all patches.
  package func reduce(
    _ pixels: TowerPixels, name: String, by reducer: any InEncoderReducer
  ) throws(Diagnostic) -> EncoderReduction {
    let description = tower.description
    guard encoder.classToken, description.merged == 1, description.windows == nil, description.rotary == nil else {
      throw Diagnostic(
        file: tower.folder,
        "\(reducer.name) works inside towers with a class token and without a merger; this one is \(description.kind)'s"
      )
    }
    try prepare(pixels, name: name)
    embed(pixels)
    let entering = tokens
    var origin = TokenOrigin(patches: entering - 1)
    var changes: [TokenSchedule.Change] = []
    for (index, layer) in tower.layers.dropLast().enumerated() {
      project(layer, layer: index, values: true)
      let seen = try layerTokens()
      attend(layer, layer: index)
      try checkFinite()
      if let combined = try reducer.step(seen, layer: index, of: encoder) {
        combine(combined)
        origin.follow(combined)
        changes.append(.init(insideLayer: index, tokens: tokens))
      }
      feedForward(layer)
    }
    try checkFinite()
    let output = copy(stream.start + self.width, rows: tokens - 1, stride: self.width, columns: self.width)
    guard let matrix = Matrix(columns: self.width, elements: output) else { throw broken() }
    let schedule = TokenSchedule(initial: entering, changes: changes)
    return EncoderReduction(
      result: ReducedTokens(tokens: matrix, kept: origin.kept, assignment: origin.assignment), schedule: schedule)
  }

  /// What the reducer may look at.
  private func layerTokens() throws(Diagnostic) -> LayerTokens {
    let query = copy(projected.start, rows: 1, stride: 3 * width, columns: width)
    return LayerTokens(
      keys: try matrix(projected: 1), values: try matrix(projected: 2), classQuery: query,
      sizes: sizes ?? [Float](repeating: 1, count: tokens), heads: heads, name: name)
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
