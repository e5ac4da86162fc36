package import Architectures
package import Documents
package import Operators
package import ReductionMethods

/// Token Merging (ToMe): merges the most similar tokens in every layer of the encoder.
///
/// D. Bolya and others, arXiv:2210.09461, and the code at https://github.com/facebookresearch/ToMe. Tokens at even
/// positions (the class token's is 0) each look for the most similar one at odd positions, by the mean of their heads'
/// keys; the most similar pairs become one token, the mean of those in it.
package struct ToMe: TokenReducer, InEncoderReducer, Equatable {
  private let removed: Int
  private let inflection: Double

  init(_ arguments: inout ReducerArguments) throws(Diagnostic) {
    guard let removed = try arguments.takeInteger("r", in: 0...ReducerArguments.largestCount) else {
      throw arguments.error("lacks the tokens to merge in a layer, as in tome:r=19")
    }
    self.removed = removed
    inflection = try arguments.takeNumber("inflection") ?? 0
    guard abs(inflection) <= 1 else {
      throw arguments.error("gives an inflection of \(inflection); expected -1 (most tokens first) to 1 (last)")
    }
  }

  /// The specification that makes this reducer again.
  package var name: String { inflection == 0 ? "tome:r=\(removed)" : "tome:r=\(removed),inflection=\(inflection)" }

  /// Tokens that are merged in a layer: r, or linear from int(r (1 - inflection)) to what makes r the mean.
  func merged(inLayer layer: Int, of layers: Int) -> Int {
    let first = (Double(removed) * (1 - inflection)).rounded(.towardZero)
    let step = layers > 1 ? (2 * Double(removed) - 2 * first) / Double(layers - 1) : 0
    return Int(first + step * Double(layer))
  }

  /// The tokens of every layer; at most half of them are merged in one.
  package func plan(for encoder: VisionEncoder, layersUsed: Int) throws(Diagnostic) -> EncoderPlan {
    let protected = encoder.classToken ? 1 : 0
    var tokens = encoder.tokens
    var changes: [TokenSchedule.Change] = []
    for layer in 0..<max(0, layersUsed) {
      tokens -= max(0, min(merged(inLayer: layer, of: encoder.layers), (tokens - protected) / 2))
      changes.append(.init(insideLayer: layer, tokens: tokens))
    }
    return EncoderPlan(
      tokens: TokenSchedule(initial: encoder.tokens, changes: changes), visualTokens: tokens - protected)
  }

  /// The means of keys, the similarities of one half with the other, the merge by size, and the sizes in the attention.
  package func operators(_ step: EncoderStep) -> [Operator] {
    let half = Double(step.tokens / 2)
    let scores = step.rows * Double(step.tokens) * Double(step.heads)
    return [
      // A token's attention is weighted with its size: one sum for every score, inside the attention's kernel.
      Operator("tome.proportional_attention", vectorFLOPs: VectorWork.add * scores, reading: step.rows),
      step.meanKeys("tome.mean_keys"), step.similarity("tome.similarity", Double(step.tokens) - half, half),
      step.rearrange("tome.merge", sums: step.rows),
    ]
  }

  /// One step with the last layer's keys: the unmerged patches at even positions, then all at odd ones, merged or not.
  ///
  /// - Throws: `Diagnostic` if keys or sums of such large tokens overflow.
  package func reduce(_ features: VisualFeatures) throws(Diagnostic) -> ReducedTokens {
    let keys = try features.meanHeadKeys(features.keys)
    let count = min(removed, features.patches / 2)
    let matching = Matching(keys, count: count, classToken: features.hasClassToken)
    let (odd, even, best) = (matching.odd, matching.even, matching.best)
    let (merged, unmerged) = (matching.merged, matching.unmerged)

    var assignment = [Int](repeating: -1, count: features.patches)
    for (token, index) in unmerged.enumerated() { assignment[even[index] - 1] = token }
    for (token, position) in odd.enumerated() { assignment[position - 1] = unmerged.count + token }
    for index in merged { assignment[even[index] - 1] = unmerged.count + best[index] }
    let kept = unmerged.map { even[$0] - 1 } + odd.map { $0 - 1 }
    return ReducedTokens(
      tokens: try features.means(assignment, count: kept.count), kept: kept, assignment: assignment,
      note: singleShot(count < removed ? "at most half of the tokens merge: \(count), not \(removed)" : nil))
  }

  /// Counted of one step on an H100 by torch.profiler (Tools/measure_transformers.py, Benchmarks/measured/h100-sxm).
  package func launches(_ step: EncoderStep) -> Double? { 23 }

  /// One step over all patches.
  package func operators(_ shape: ReductionShape) -> [Operator] { operators(EncoderStep(shape)) }
}

extension VisualFeatures {
  /// The means of the tokens that go into each of `count` tokens, each of which gets at least one.
  func means(_ assignment: [Int], count: Int) throws(Diagnostic) -> Matrix {
    var sums = TokenSums(self, count: count)
    var sizes = [Float](repeating: 0, count: count)
    for (patch, token) in assignment.enumerated() where token >= 0 {
      sums.add(patch, to: token)
      sizes[token] += 1
    }
    for token in 0..<count where sizes[token] > 1 { sums.scale(token, by: 1 / sizes[token]) }
    return try sums.matrix()
  }
}

extension Reducers.Method {
  static let toMe = Self(
    name: "tome", usage: "tome:r=R[,inflection=I]", example: "tome:r=19",
    summary: "merges the R most similar pairs of tokens in every layer of the encoder; inflection -1: most first",
    citation: Citation(
      title: "Token Merging: Your ViT But Faster",
      authors: "D. Bolya, C.-Y. Fu, X. Dai, P. Zhang, C. Feichtenhofer, J. Hoffman", arXiv: "2210.09461"),
    within: { budget in budget.first((0...budget.patches).lazy.map { "tome:r=\($0)" }) }
  ) { (arguments) throws(Diagnostic) in try ToMe(&arguments) }
}
