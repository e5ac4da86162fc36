package import Documents
package import Operators
package import ReductionMethods

/// DivPrune: keeps patches whose tokens differ as much as possible from each other.
///
/// S. R. Alvar and others, arXiv:2503.02175, and the code at https://github.com/vbdi/divprune. There tokens are compared
/// behind the connector, which features do not hold: here before it, and a note says so.
package struct DivPrune: TokenReducer, Equatable {
  private let ratio: Double

  init(_ arguments: inout ReducerArguments) throws(Diagnostic) {
    let what = "the share of the tokens to keep, above 0 and at most 1, as in divprune:0.25"
    guard let word = arguments.takeFirstWord() else { throw arguments.error("lacks \(what)") }
    guard let ratio = Double(word), ratio > 0, ratio <= 1 else {
      throw arguments.error("gives \"\(word)\"; expected \(what)")
    }
    self.ratio = ratio
  }

  /// The specification that makes this reducer again.
  package var name: String { "divprune:\(ratio)" }

  /// The chosen tokens in reading order: first the one farthest from its nearest other one, then again and again the
  /// one farthest from its nearest chosen one, by the cosine distance; of equal ones the lower index.
  ///
  /// - Throws: `Diagnostic` if tokens are so large that norms overflow.
  package func reduce(_ features: VisualFeatures) throws(Diagnostic) -> ReducedTokens {
    let patches = features.patches
    let count = Int((ratio * Double(patches)).rounded(.toNearestOrEven))
    let similarities = try features.tokens.normalized(name: features.name).gram(from: 1)
    // The distance to the nearest other patch.
    var distances = (0..<patches).map { patch in
      let row = similarities[patch * patches..<(patch + 1) * patches]
      return 1 - max(row.prefix(patch).max() ?? -.infinity, row.dropFirst(patch + 1).max() ?? -.infinity)
    }
    var chosen: [Int] = []
    var isChosen = [Bool](repeating: false, count: patches)
    while chosen.count < count {
      var (best, next) = (-Float.infinity, 0)
      for patch in 0..<patches where !isChosen[patch] && distances[patch] > best {
        (best, next) = (distances[patch], patch)
      }
      if chosen.isEmpty { distances = [Float](repeating: .infinity, count: patches) }
      chosen.append(next)
      isChosen[next] = true
      for patch in 0..<patches { distances[patch] = min(distances[patch], 1 - similarities[next * patches + patch]) }
    }
    let place = "tokens are compared before the connector, in the released code behind it"
    let none = "a ratio of \(ratio) keeps no patch: no token remains"
    return features.selecting(chosen.sorted(), note: count == 0 ? none : place)
  }

  /// All similarities, and the search among the distances of those chosen.
  package func operators(_ shape: ReductionShape) -> [Operator] {
    let patches = Double(shape.patches)
    let distances = Double(shape.images) * Double(shape.kept) * patches
    return [
      shape.norms("token_norms", width: Double(shape.tokenWidth)),
      shape.similarity(patches, patches, width: Double(shape.tokenWidth)),
      Operator(
        "choice", vectorFLOPs: 2 * distances, reading: distances, writing: Double(shape.images * shape.kept)),
      shape.gather(),
    ]
  }
}

extension Reducers.Method {
  static let divPrune = Self(
    name: "divprune", usage: "divprune:RATIO", example: "divprune:0.25",
    summary: "keeps the share of the patches whose tokens differ most from each other",
    citation: Citation(
      title: "DivPrune: Diversity-based Visual Token Pruning for Large Multimodal Models",
      authors: "S. R. Alvar, G. Singh, M. Akbari, Y. Zhang", arXiv: "2503.02175"),
    within: { "divprune:\(Double($0.tokens) / Double($0.patches))" }
  ) { (arguments) throws(Diagnostic) in try DivPrune(&arguments) }
}
