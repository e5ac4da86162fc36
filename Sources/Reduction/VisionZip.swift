package import Documents
package import Operators
package import ReductionMethods

/// VisionZip: keeps the tokens that the class token attends to most and merges the rest into a few more.
///
/// S. Yang and others, arXiv:2412.04467, and the code at https://github.com/dvlab-research/VisionZip. Attention and keys
/// are those of the layer which the tokens leave. As released the class token is one of the dominant ones.
package struct VisionZip: TokenReducer, Equatable {
  private let dominant, contextual: Int
  private let bill: Bill

  init(_ arguments: inout ReducerArguments) throws(Diagnostic) {
    let what = "the numbers of dominant and contextual tokens, as in visionzip:54+10"
    let counts = try arguments.takeCounts(what, separatedBy: "+", 2...2)
    (dominant, contextual) = (counts[0], counts[1])
    bill = try arguments.takeBill()
  }

  /// Whether layers that the model does not use run for it: released code runs the whole encoder.
  package var readsLastLayer: Bool { bill == .released }

  /// Whether a bill of it without a class token is known: released code has none.
  package var readsClassToken: Bool { bill == .released }

  /// The specification that makes this reducer again.
  package var name: String {
    "visionzip:\(dominant)+\(contextual)" + (bill == .released ? ",bill=released" : "")
  }

  /// The class token, the dominant patches in reading order, then the contextual ones: evenly spread over the others, each
  /// plus the mean of the patches whose keys are most like its own.
  ///
  /// Without a class token there is one dominant patch more, and the mean attention of all patches decides.
  ///
  /// - Throws: `Diagnostic` if there are fewer tokens, or products or sums of such large features overflow.
  package func reduce(_ features: VisualFeatures) throws(Diagnostic) -> ReducedTokens {
    let classTokens = features.hasClassToken ? 1 : 0
    try features.check(dominant - classTokens + contextual, for: name)
    let layer = try features.leavingAttention()
    let leading = layer.attention.indicesOfLargest(dominant - classTokens).sorted()
    let others = features.patches(without: leading)
    let step = max(1, others.count / contextual)
    let targets = (0..<contextual).map { others[$0 * step] }
    let keys = try features.meanHeadKeys(layer.keys)

    let kept = [Int](repeating: -1, count: classTokens) + leading + targets
    var assignment = [Int](repeating: -1, count: features.patches)
    for (token, patch) in kept.enumerated() where patch >= 0 { assignment[patch] = token }
    var groups = [[Int]](repeating: [], count: contextual)
    let merged = others.filter { assignment[$0] < 0 }
    let closest = keys.mostSimilar(to: merged.map { $0 + 1 }, among: targets.map { $0 + 1 })
    for (patch, target) in zip(merged, closest.map(\.position)) {
      assignment[patch] = dominant + target
      groups[target].append(patch)
    }
    var sums = TokenSums(features, count: kept.count)
    for (target, group) in groups.enumerated() {
      for patch in group { sums.add(patch, to: dominant + target, times: 1 / Float(group.count)) }
    }
    for (token, patch) in kept.enumerated() { sums.add(patch, to: token) }
    return ReducedTokens(tokens: try sums.matrix(), kept: kept, assignment: assignment, note: layer.note)
  }

  /// One row of the attention, the mean keys, the similarities of the rest with the contextual tokens, their means. As
  /// released every layer hands out its attention, and the last one runs.
  package func operators(_ shape: ReductionShape) -> [Operator] {
    let rest = Double(max(0, shape.tokens - dominant - contextual))
    let attention =
      bill == .released
      ? shape.lastLayer() + [shape.handedOutScores(layers: shape.layers)] : [shape.attention("class_attention")]
    return attention + [
      shape.selection("selection"), shape.meanKeys(),
      shape.norms("key_norms", width: shape.headWidth),
      shape.similarity(rest, Double(contextual), width: shape.headWidth),
      shape.merge(rest, reading: Double(shape.tokens)),
    ]
  }

  /// 60 for 54+10 of one picture and 80 for 170+30, for which sorting takes more kernels; counted on an H100 by
  /// torch.profiler (Tools/measure_transformers.py, Benchmarks/measured/h100-sxm). All pictures are worked on at once.
  package func launches(_ shape: ReductionShape) -> Double? { 70 }
}

extension Reducers.Method {
  static let visionZip = Self(
    name: "visionzip", usage: "visionzip:D+C[,bill=released]", example: "visionzip:54+10",
    summary: "keeps D tokens by class attention (the class token is one) and merges the rest into C",
    citation: Citation(
      title: "VisionZip: Longer is Better but Not Necessary in Vision Language Models",
      authors: "S. Yang, Y. Chen, Z. Tian, C. Wang, J. Li, B. Yu, J. Jia", arXiv: "2412.04467"),
    within: { $0.visionZip }
  ) { (arguments) throws(Diagnostic) in try VisionZip(&arguments) }
}

extension TokenBudget {
  /// The published proportion of 54 dominant to 10 contextual tokens.
  fileprivate var visionZip: String? {
    let contextual = max(1, Int((Double(tokens) * 10 / 64).rounded()))
    return tokens > contextual ? "visionzip:\(tokens - contextual)+\(contextual)" : nil
  }
}
