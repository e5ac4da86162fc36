package import Documents
package import Operators
package import ReductionMethods

/// VisPruner: keeps the patches that the class token attends to most, and of the others those that are least alike.
///
/// Q. Zhang and others, arXiv:2412.01818, and the code at https://github.com/Theia-4869/VisPruner, commit aefa01a. The
/// attention is that of the layer which the tokens leave, the mean over its heads. The others, by falling attention, are
/// thinned out as released: those at even places each look for the token most like their own at odd places, and the eight
/// most alike go; those left at even places, the least alike last, then those at odd places are the next round's.
///
/// The released code fails where the others are odd in number or fewer than eight remain at even places; here such rounds
/// take all even places there are. Without a class token the mean attention of all patches decides, which is outside the paper.
package struct VisPruner: TokenReducer, Equatable {
  private let count: Int
  private let important: Double

  init(_ arguments: inout ReducerArguments) throws(Diagnostic) {
    count = try arguments.takeCount("the number of tokens to keep, as in vispruner:128")
    important = try arguments.takeNumber("important") ?? 0.5
    guard (0...1).contains(important) else {
      throw arguments.error("gives a share of important tokens of \(important); expected 0 to 1")
    }
  }

  /// The specification that makes this reducer again.
  package var name: String { "vispruner:\(count)" + (important == 0.5 ? "" : ",important=\(important)") }

  /// Tokens that are removed in a round, at most.
  private static let round = 8

  /// The tokens of the patches that are kept, in reading order.
  ///
  /// - Throws: `Diagnostic` if there are fewer patches, or norms or products of such large features overflow.
  package func reduce(_ features: VisualFeatures) throws(Diagnostic) -> ReducedTokens {
    try features.check(count, for: name)
    let layer = try features.leavingAttention()
    let order = layer.attention.indicesOfLargest(features.patches)
    let leading = Int(Double(count) * important)
    var others = [Int](order[leading...])
    let wanted = count - leading
    let tokens = try features.tokens.normalized(name: features.name)
    while wanted > 0, others.count > wanted {
      let even = stride(from: 0, to: others.count, by: 2).map { others[$0] }
      let odd = stride(from: 1, to: others.count, by: 2).map { others[$0] }
      let removed = min(Self.round, others.count - wanted, even.count)
      let likeness = tokens.mostSimilar(to: even.map { $0 + 1 }, among: odd.map { $0 + 1 }).map(\.product)
      others = likeness.indicesOfLargest(even.count).dropFirst(removed).map { even[$0] } + odd
    }
    let kept = order[..<leading] + (wanted > 0 ? others : [])
    return features.selecting(kept.sorted(), note: layer.note)
  }

  /// One row of the attention, the norms, the similarities of one half of the others with the other half, over all rounds, the
  /// choices and a copy.
  package func operators(_ shape: ReductionShape) -> [Operator] {
    let leading = Int(Double(min(count, shape.patches)) * important)
    let wanted = count - leading
    var (pairs, rows) = (0.0, 0.0)
    var others = shape.patches - leading
    while wanted > 0, others > wanted {
      let even = (others + 1) / 2
      pairs += Double(even) * Double(others / 2)
      rows += Double(others)
      others -= min(Self.round, others - wanted, even)
    }
    let (images, width) = (Double(shape.images), Double(shape.tokenWidth))
    return [
      shape.attention("class_attention"), shape.selection("selection"), shape.norms("token_norms", width: width),
      Operator(
        "similarity", flops: 2 * images * pairs * width, vectorFLOPs: images * pairs, reading: images * rows * width,
        writing: images * pairs),
      shape.gather(),
    ]
  }
}

extension Reducers.Method {
  static let visPruner = Self(
    name: "vispruner", usage: "vispruner:T[,important=0.5]", example: "vispruner:128",
    summary: "keeps T patches: a share by class attention, the others the least alike",
    citation: Citation(
      title: "Beyond Text-Visual Attention: Exploiting Visual Cues for Effective Token Pruning in VLMs",
      authors: "Q. Zhang, A. Cheng, M. Lu, R. Zhang, Z. Zhuo, J. Cao, S. Guo, Q. She, S. Zhang", arXiv: "2412.01818"),
    within: { "vispruner:\($0.tokens)" }
  ) { (arguments) throws(Diagnostic) in try VisPruner(&arguments) }
}
