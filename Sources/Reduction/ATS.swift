package import Architectures
package import Documents
package import Operators
package import ReductionMethods

/// Adaptive Token Sampling (ATS): samples tokens where their cumulative significance grows.
///
/// M. Fayyaz and others, arXiv:2111.15667, and the code at https://github.com/adaptivetokensampling/ATS. Significance is
/// the class token's attention times the length of the value. How many different tokens N samples hit depends on the
/// image: without an image the counts must be given, in blocks 4, 7 and 10 of 12 (8, 14, 20 of 24), one for each, or
/// one from the first of them on.
package struct ATS: TokenReducer, InEncoderReducer, Equatable {
  /// The fewest tokens that are sampled, class token included.
  private static let smallest = 8

  private let counts: [Int]

  init(_ arguments: inout ReducerArguments) throws(Diagnostic) {
    let what = "the tokens left, as in ats:144, or after each of three stages, as in ats:358+223+144"
    counts = try arguments.takeCounts(what, separatedBy: "+", 1...3)
  }

  /// The specification that makes this reducer again.
  package var name: String { "ats:" + counts.map(String.init).joined(separator: "+") }

  /// The tokens of every layer, as given; never more than there are, never fewer than eight with the class token.
  ///
  /// - Throws: `Diagnostic` for an encoder without a class token.
  package func plan(for encoder: VisionEncoder, layersUsed: Int) throws(Diagnostic) -> EncoderPlan {
    try requireClassToken(encoder)
    var tokens = encoder.tokens
    var changes: [TokenSchedule.Change] = []
    for (layer, count) in zip(stages(of: encoder), counts) where layer < layersUsed {
      tokens = min(tokens, max(count + 1, Self.smallest))
      changes.append(.init(insideLayer: layer, tokens: tokens))
    }
    return EncoderPlan(
      tokens: TokenSchedule(initial: encoder.tokens, changes: changes), visualTokens: tokens - 1,
      note: "the tokens that ATS leaves depend on the image; those given are the most")
  }

  /// In a layer that samples: the sampled tokens, least significant first.
  ///
  /// As many samples as the schedule gives tokens, by attention and values, as in ats_block.py of the released code, and
  /// from all tokens: that code, asked for fewer samples than there are tokens, leaves the least significant ones out
  /// beforehand, of which the paper says nothing.
  /// - Throws: `Diagnostic` if products or lengths of such large keys and values overflow.
  package func step(
    _ tokens: LayerTokens, layer: Int, of encoder: VisionEncoder
  ) throws(Diagnostic) -> [CombinedToken]? {
    let stage = zip(stages(of: encoder), counts).first { $0.0 == layer }
    guard let samples = stage.map({ max($0.1, Self.smallest - 1) }) else { return nil }
    let norms = tokens.values.squaredNorms().dropFirst().map { $0.squareRoot() }
    let scores = zip(try tokens.classAttention(), norms).map { $0 * $1 }
    guard scores.allSatisfy(\.isFinite) else {
      throw Diagnostic(file: tokens.name, "values are so large that their norms overflow")
    }
    let rows = Self.sample(scores, samples).map { $0 + 1 }
    return ([0] + rows).map { CombinedToken(row: $0) }
  }

  /// One row of attention, the lengths of the values, sorting, sampling, and the copy.
  package func operators(_ step: EncoderStep) -> [Operator] {
    let (rows, elements) = (step.rows, step.rows * Double(step.width))
    return [
      step.classRow("ats.class_attention"),
      Operator("ats.value_norms", vectorFLOPs: 2 * elements, reading: elements, writing: rows),
      Operator(
        "ats.sampling", vectorFLOPs: 3 * rows + (rows - step.removed) * Double(step.tokens),
        reading: 2 * rows, writing: rows - step.removed),
      step.rearrange("ats.gather", sums: 0),
    ]
  }

  /// One step with the last layer's attention: the sampled patches, least significant first.
  ///
  /// - Throws: `Diagnostic` if products or lengths of such large features overflow, and for several counts.
  package func reduce(_ features: VisualFeatures) throws(Diagnostic) -> ReducedTokens {
    guard counts.count == 1 else {
      throw Diagnostic("\(name) has several stages; on features one step is taken: give one count")
    }
    let attention = try features.classTokenAttention(for: name)
    let norms = features.tokens.squaredNorms().dropFirst().map { $0.squareRoot() }
    let scores = zip(attention, norms).map { $0 * $1 }
    guard scores.allSatisfy(\.isFinite) else {
      throw Diagnostic(file: features.name, "tokens are so large that their norms overflow")
    }
    let samples = max(counts[0], Self.smallest - 1)
    let few = counts[0] < samples ? "; at least \(samples) tokens are kept" : ""
    let detail =
      "values are not in the features: lengths of tokens stand for theirs, and tokens stay as they are\(few)"
    return features.selecting(Self.sample(scores, samples), note: singleShot(detail))
  }

  /// The indices of the scores that are sampled, smallest first.
  private static func sample(_ scores: [Float], _ samples: Int) -> [Int] {
    let order = scores.indices.sorted { scores[$0] != scores[$1] ? scores[$0] < scores[$1] : $0 < $1 }
    return sampled(order.map { scores[$0] }, samples).map { order[$0] }
  }

  /// The positions among ascending `scores` nearest to evenly spread values of their cumulative sum, each once.
  ///
  /// The sums are scaled to lie from 0 to 1; the first value is the smallest above 0. Of equally near positions the
  /// first. Where all scores but one are 0 (or there is one alone) that one is sampled.
  private static func sampled(_ scores: [Float], _ samples: Int) -> [Int] {
    let total = scores.reduce(0.0) { $0 + Double($1) }
    var sum = 0.0
    let sums = scores.map { (score: Float) -> Double in
      sum += Double(score)
      return sum / total
    }
    guard let first = sums.first, let last = sums.last, last > first else { return [scores.count - 1] }
    let scaled = sums.map { ($0 - first) / (last - first) }
    let start = scaled.first { $0 > 0 } ?? 1
    var positions: [Int] = []
    for sample in 0..<samples {
      let value = samples > 1 ? start + (1 - start) * Double(sample) / Double(samples - 1) : start
      let nearest = Self.nearest(to: value, among: scaled)
      if positions.last != nearest { positions.append(nearest) }
    }
    return positions
  }

  /// The position of the ascending number nearest to `value`; of equally near ones the first.
  private static func nearest(to value: Double, among numbers: [Double]) -> Int {
    let right = firstIndex(below: numbers.count) { numbers[$0] >= value }
    guard right > 0 else { return 0 }
    let distance = value - numbers[right - 1]
    if right < numbers.count, numbers[right] - value < distance { return right }
    return firstIndex(below: right) { value - numbers[$0] <= distance }
  }

  /// The first index for which `holds`, which holds for all behind it; `count` if there is none.
  private static func firstIndex(below count: Int, where holds: (Int) -> Bool) -> Int {
    var (lower, upper) = (0, count)
    while lower < upper {
      let middle = lower + (upper - lower) / 2
      if holds(middle) { upper = middle } else { lower = middle + 1 }
    }
    return lower
  }

  /// One step over all patches.
  package func operators(_ shape: ReductionShape) -> [Operator] { operators(EncoderStep(shape)) }
}

extension Reducers.Method {
  static let aTS = Self(
    name: "ats", usage: "ats:N[+N+N]", example: "ats:144",
    summary: "samples at most N tokens by attention and value, in three blocks of the encoder",
    citation: Citation(
      title: "Adaptive Token Sampling For Efficient Vision Transformers",
      authors: """
        M. Fayyaz, S. Abbasi Koohpayegani, F. Rezaei Jafari, S. Sengupta, H. R. Vaezi Joze, E. Sommerlade, \
        H. Pirsiavash, J. Gall
        """, arXiv: "2111.15667"),
    within: { "ats:" + $0.stages.map(String.init).joined(separator: "+") }
  ) { (arguments) throws(Diagnostic) in try ATS(&arguments) }
}

extension TokenBudget {
  /// Equal shares of the tokens at each of three stages, as EViT has them.
  fileprivate var stages: [Int] {
    let share = Double(tokens) / Double(patches)
    return [cubeRoot(share), cubeRoot(share * share), share].map { Int((Double(patches) * $0).rounded()) }
  }
}
