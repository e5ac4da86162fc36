package import Architectures
package import Documents
package import Operators
package import ReductionMethods

/// CrossGET: merges the least important tokens of every layer, guided by a learned token that rides along.
///
/// D. Shi and others, arXiv:2305.17455, and the code at https://github.com/sdc17/CrossGET. That cross token is trained:
/// here the method is a schedule, and its matching is one step without the cross token.
package struct CrossGET: TokenReducer, EncoderReducer, Equatable {
  private let removed: Int

  init(_ arguments: inout ReducerArguments) throws(Diagnostic) {
    guard let removed = try arguments.takeInteger("r", in: 0...ReducerArguments.largestCount) else {
      throw arguments.error("lacks the tokens to merge in a layer, as in crossget:r=13")
    }
    self.removed = removed
  }

  /// The specification that makes this reducer again.
  package var name: String { "crossget:r=\(removed)" }

  /// The tokens of every layer, the cross token included; it enters the language model with the patches.
  ///
  /// - Throws: `Diagnostic` for an encoder without a class token.
  package func plan(for encoder: VisionEncoder, layersUsed: Int) throws(Diagnostic) -> EncoderPlan {
    try requireClassToken(encoder)
    var tokens = encoder.tokens + 1
    let initial = tokens
    var changes: [TokenSchedule.Change] = []
    for layer in 0..<max(0, layersUsed) {
      tokens -= min(removed, max(0, tokens - 2) / 2)
      changes.append(.init(insideLayer: layer, tokens: tokens))
    }
    return EncoderPlan(
      tokens: TokenSchedule(initial: initial, changes: changes), visualTokens: tokens - 1,
      note: "one of CrossGET's tokens is its cross token")
  }

  /// The mean attention to every token, the means of keys, all similarities, the ranking, and the merge.
  package func operators(_ step: EncoderStep) -> [Operator] {
    let tokens = Double(step.tokens)
    let scores = step.rows * tokens * Double(step.heads)
    let pairs = step.rows * tokens
    return [
      // All rows of the attention again, since a fused kernel keeps no scores.
      Operator(
        "crossget.importance", flops: 2 * scores * step.headWidth,
        vectorFLOPs: (VectorWork.softmax + VectorWork.add) * scores,
        reading: 2 * step.rows * Double(step.width), writing: step.rows),
      step.meanKeys("crossget.mean_keys"), step.similarity("crossget.similarity", tokens, tokens),
      Operator("crossget.ranking", vectorFLOPs: 2 * pairs, reading: pairs, writing: step.rows),
      step.rearrange("crossget.merge", sums: 2 * step.removed),
    ]
  }

  /// One step with the last layer's keys, the class token's attention standing for that of all tokens.
  ///
  /// Patches are ranked by their best similarity; those whose importance exceeds least their best similarity with one
  /// of a lower rank are merged into their most similar patch, the two weighted by the softmax of their importance.
  /// - Throws: `Diagnostic` if products or sums of such large features overflow.
  package func reduce(_ features: VisualFeatures) throws(Diagnostic) -> ReducedTokens {
    let patches = features.patches
    let importance = try features.classTokenAttention(for: name)
    var similarities = try features.meanHeadKeys(features.keys).gram(from: 1)
    for patch in 0..<patches { similarities[patch * patches + patch] = -.infinity }
    func similarity(_ a: Int, _ b: Int) -> Float { similarities[a * patches + b] }
    let best = (0..<patches).map { patch in (0..<patches).reduce(-Float.infinity) { max($0, similarity(patch, $1)) } }
    var seen = [Float](repeating: -.infinity, count: patches)
    let ranked = best.indicesOfLargest(patches)
    for (rank, patch) in ranked.enumerated() {
      for other in ranked[(rank + 1)...] { seen[patch] = max(seen[patch], similarity(patch, other)) }
    }
    let count = min(removed, patches / 2)
    let sources = zip(seen, importance).map { $0 - $1 }.indicesOfLargest(count)
    return try merge(sources, in: features, importance, similarity, asked: removed)
  }

  /// Merges `sources` into the patches that are left, which stay in reading order.
  private func merge(
    _ sources: [Int], in features: VisualFeatures, _ importance: [Float], _ similarity: (Int, Int) -> Float, asked: Int
  ) throws(Diagnostic) -> ReducedTokens {
    let kept = features.patches(without: sources)
    var assignment = [Int](repeating: -1, count: features.patches)
    var sums = TokenSums(features, count: kept.count)
    var sizes = [Float](repeating: 1, count: kept.count)
    for (token, patch) in kept.enumerated() {
      assignment[patch] = token
      sums.add(patch, to: token)
    }
    for source in sources {
      var (closest, target) = (-Float.infinity, 0)
      for (token, patch) in kept.enumerated() where similarity(source, patch) > closest {
        (closest, target) = (similarity(source, patch), token)
      }
      assignment[source] = target
      // The softmax of two numbers is the logistic function of their difference, 1/2 + tanh(difference / 2) / 2.
      let advantage = importance[source].hyperbolicAdvantage(over: importance[kept[target]])
      sums.add(source, to: target, times: 1 + advantage)
      sums.add(kept[target], to: target, times: -advantage)
      sizes[target] += 1
    }
    for (token, size) in sizes.enumerated() where size > 1 { sums.scale(token, by: 1 / size) }
    let limit = sources.count < asked ? "; at most half of the tokens merge: \(sources.count), not \(asked)" : ""
    let detail = "no trained cross token: the class token's attention stands for the importance"
    return ReducedTokens(
      tokens: try sums.matrix(), kept: kept, assignment: assignment, note: singleShot(detail + limit))
  }

  /// One step over all patches.
  package func operators(_ shape: ReductionShape) -> [Operator] { operators(EncoderStep(shape)) }
}

extension Reducers.Method {
  static let crossGET = Self(
    name: "crossget", usage: "crossget:r=R", example: "crossget:r=13",
    summary: "merges the R least important tokens of every layer of the encoder",
    citation: Citation(
      title: "CrossGET: Cross-Guided Ensemble of Tokens for Accelerating Vision-Language Transformers",
      authors: "D. Shi, C. Tao, A. Rao, Z. Yang, C. Yuan, J. Wang", arXiv: "2305.17455"),
    within: { budget in budget.first((0...budget.patches).lazy.map { "crossget:r=\($0)" }) }
  ) { (arguments) throws(Diagnostic) in try CrossGET(&arguments) }
}
