package import Architectures
package import Documents
package import Operators
package import ReductionMethods

/// EViT: keeps the tokens that the class token attends to most and fuses the others into one.
///
/// Y. Liang and others, arXiv:2202.07800, and the code at https://github.com/youweiliang/evit. Inside the encoder it
/// works in blocks 4, 7 and 10 of 12, in 8, 14 and 20 of 24.
package struct EViT: TokenReducer, InEncoderReducer, Equatable {
  private let share: Double

  init(_ arguments: inout ReducerArguments) throws(Diagnostic) {
    let what = "the share of tokens to keep, above 0 and at most 1, as in evit:keep=0.62"
    guard let share = try arguments.takeNumber("keep") else { throw arguments.error("lacks \(what)") }
    guard share > 0, share <= 1 else { throw arguments.error("gives \(share) as its keep; expected \(what)") }
    self.share = share
  }

  /// The specification that makes this reducer again.
  package var name: String { "evit:keep=\(share)" }

  /// Tokens that are kept of so many, neither counting the class token nor the fused one.
  private func kept(of tokens: Int) -> Int { Int((share * Double(tokens)).rounded(.up)) }

  /// The tokens of every layer; the token fused at one stage competes at the next.
  ///
  /// - Throws: `Diagnostic` for an encoder without a class token.
  package func plan(for encoder: VisionEncoder, layersUsed: Int) throws(Diagnostic) -> EncoderPlan {
    try requireClassToken(encoder)
    var tokens = encoder.tokens
    var changes: [TokenSchedule.Change] = []
    for layer in stages(of: encoder) where layer < layersUsed && kept(of: tokens - 1) < tokens - 1 {
      tokens = 1 + kept(of: tokens - 1) + 1
      changes.append(.init(insideLayer: layer, tokens: tokens))
    }
    let blocks = stages(of: encoder).map { "\($0 + 1)" }
    return EncoderPlan(
      tokens: TokenSchedule(initial: encoder.tokens, changes: changes), visualTokens: tokens - 1,
      note: "EViT reduces in blocks \(blocks.joined(separator: ", ")) of \(encoder.layers)")
  }

  /// In a layer that reduces: the kept tokens, most attention first, then the fused one.
  ///
  /// As in evit.py of the released code.
  /// - Throws: `Diagnostic` if the products of such large keys overflow.
  package func step(
    _ tokens: LayerTokens, layer: Int, of encoder: VisionEncoder
  ) throws(Diagnostic) -> [CombinedToken]? {
    let count = kept(of: tokens.count - 1)
    guard stages(of: encoder).contains(layer), count < tokens.count - 1 else { return nil }
    let attention = try tokens.classAttention()
    let order = attention.indicesOfLargest(attention.count)
    let fused = order[count...].sorted().map { CombinedToken.Term(row: $0 + 1, weight: attention[$0]) }
    return ([0] + order[..<count].map { $0 + 1 }).map { CombinedToken(row: $0) } + [CombinedToken(fused)]
  }

  /// One row of attention, the choice, and the fused sum.
  package func operators(_ step: EncoderStep) -> [Operator] {
    [
      step.classRow("evit.class_attention"),
      Operator(
        "evit.selection", vectorFLOPs: step.rows, reading: step.rows, writing: step.rows - step.removed),
      step.rearrange("evit.fuse", sums: step.removed + Double(step.images)),
    ]
  }

  /// One step with the last layer's attention: the kept patches, most attention first, then the fused token, the sum of
  /// the others weighted with their attention.
  ///
  /// - Throws: `Diagnostic` if products or sums of such large features overflow.
  package func reduce(_ features: VisualFeatures) throws(Diagnostic) -> ReducedTokens {
    let attention = try features.classTokenAttention(for: name)
    let count = kept(of: features.patches)
    guard count < features.patches else {
      return features.selecting([Int](0..<features.patches), note: singleShot("all tokens are kept, none is fused"))
    }
    let kept = attention.indicesOfLargest(count)
    var assignment = [Int](repeating: count, count: features.patches)
    var sums = TokenSums(features, count: count + 1)
    for (token, patch) in kept.enumerated() {
      assignment[patch] = token
      sums.add(patch, to: token)
    }
    for patch in features.patches(without: kept) { sums.add(patch, to: count, times: attention[patch]) }
    return ReducedTokens(tokens: try sums.matrix(), kept: kept, assignment: assignment, note: singleShot())
  }

  /// One step over all patches.
  package func operators(_ shape: ReductionShape) -> [Operator] { operators(EncoderStep(shape)) }
}

extension Reducers.Method {
  static let eViT = Self(
    name: "evit", usage: "evit:keep=K", example: "evit:keep=0.62",
    summary: "keeps the share K by class attention and fuses the rest, in three blocks of the encoder",
    citation: Citation(
      title: "Not All Patches are What You Need: Expediting Vision Transformers via Token Reorganizations",
      authors: "Y. Liang, C. Ge, Z. Tong, Y. Song, J. Wang, P. Xie", arXiv: "2202.07800"),
    within: { $0.first((0...99).lazy.map { "evit:keep=\(Double(100 - $0) / 100)" }) }
  ) { (arguments) throws(Diagnostic) in try EViT(&arguments) }
}
