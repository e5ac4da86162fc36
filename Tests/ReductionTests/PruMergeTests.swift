import Documents
import Foundation
import Testing

@testable import Reduction

/// Small cases by hand, and the edges at which the released code fails or does something odd.
struct PruMergeTests {
  /// Logits whose exponentials are 1, 4, 2, 2, 1: attention 0.4, 0.2, 0.2, 0.1 of the patches.
  ///
  /// With four patches every patch is every other's neighbour.
  private static func fourPatches() throws -> VisualFeatures {
    try .made(
      logits: ([1, 4, 2, 2, 1] as [Float]).map { log($0) }, tokens: [[9, 9], [1, 0], [0, 1], [2, 0], [0, 4]])
  }

  /// Whether the tokens are these, to rounding.
  private func expect(_ reduced: ReducedTokens, _ tokens: [[Float]], kept: [Int]) throws {
    #expect(reduced.kept == kept)
    #expect(reduced.count == tokens.count)
    #expect(difference(reduced.tokens, try #require(Matrix(columns: 2, elements: tokens.flatMap { $0 }))) < 1e-6)
  }

  @Test func mergesByTheClassAttention() throws {
    let features = try Self.fourPatches()
    // y_0 + 0.2 y_1 + 0.2 y_2 + 0.1 y_3, and without y_0 the extra token; the paper leaves y_0 and the extra token out.
    try expect(try PruMerge(ratio: 0.25).reduce(features), [[1.4, 0.6], [0.4, 0.6]], kept: [0])
    try expect(try PruMerge(.paper, ratio: 0.25).reduce(features), [[0.4, 0.6]], kept: [0])
  }

  @Test func plusAddsEvenlySpreadPatches() throws {
    let features = try Self.fourPatches()
    // s = 4: from patch 2 on every fourth. y_2 + 0.4 y_0 + 0.2 y_1 + 0.1 y_3; the extra token is 0.2 y_1 + 0.1 y_3.
    try expect(
      try PruMergePlus(ratio: 0.25).reduce(features), [[1.4, 0.6], [2.4, 0.6], [0, 0.6]], kept: [0, 2])
    // The paper's one further patch is the middle one of 1, 2, 3, as it is.
    try expect(try PruMergePlus(.paper, ratio: 0.25).reduce(features), [[0.4, 0.6], [2, 0]], kept: [0, 2])
  }

  /// s = 2: the grid is patch 1, which is chosen already (with 0; the tie with 2 goes to the lower index). It is merged
  /// twice and counts twice as a neighbour, once for itself, and patch 2, the smallest left over, gets lost.
  @Test func plusMergesAPatchOfTheGridTwice() throws {
    try expect(
      try PruMergePlus(ratio: 0.5).reduce(try Self.fourPatches()),
      [
        [1, 0.8],  // y_0 + 2 * 0.2 y_1 + 0.1 y_3
        [0.4, 1.6],  // y_1 + 0.4 y_0 + 0.2 y_1 + 0.1 y_3
        [0.4, 1.6],
        [0, 0.4],  // 0.1 y_3
      ], kept: [0, 1, 1])
  }

  @Test func onePatchForAllWhereNothingStandsOut() throws {
    let features = try VisualFeatures.numbered(logits: [Float](repeating: 0, count: 9))
    for reducer in [PruMerge(), PruMergePlus()] as [any TokenReducer] {
      let reduced = try reducer.reduce(features)
      // Each of ten keys gets a tenth: (0 + ... + 8) / 10 and 9 / 10.
      try expect(reduced, [[3.6, 0.9]], kept: [])
      #expect(reduced.note == "no outliers: the one merged token remains")
    }
    for reducer in [PruMerge(.paper), PruMergePlus(.paper)] as [any TokenReducer] {
      let reduced = try reducer.reduce(features)
      #expect(reduced.count == 0)
      #expect(reduced.note == "no outliers: no token remains")
    }
  }

  /// A spike next to which everything else underflows: one outlier, however sharp.
  @Test func oneSaturatedPatch() throws {
    let reduced = try PruMerge().reduce(try .numbered(logits: [0, 0, 0, 200, 0, 0, 0, 0, 0]))
    try expect(reduced, [[3, 1], [0, 0]], kept: [3])
  }

  /// 49 * (1 / 49) is just below 1 in double precision, so int(N r) is 0 for one outlier among 49.
  @Test func losesTheOutlierThatTheReleasedCodeLoses() throws {
    let features = try VisualFeatures.numbered(logits: [5] + [Float](repeating: 0, count: 48))
    let reduced = try PruMerge().reduce(features)
    #expect(reduced.kept.isEmpty)
    #expect(reduced.note?.contains("rounding") == true)
    // s = int(1 / (1 / 49)) = 49, t = 16, and the grid ends before 48.
    #expect(try PruMergePlus().reduce(features).kept == [0, 16, 32])
    #expect(try PruMerge(.paper).reduce(features).kept == [0])
    #expect(try PruMergePlus(.paper).reduce(features).kept == [0, 25])
  }

  @Test func keepsAllAndThenHasNothingLeft() throws {
    let reduced = try PruMerge(ratio: 1).reduce(try .numbered(logits: [1, 2, 3, 4]))
    #expect(reduced.kept == [3, 2, 1, 0])
    #expect(reduced.tokens.row(4) == [0, 0])
    // Again as released: all four, then patches 0, 1, 2 of the grid.
    let plus = try PruMergePlus(ratio: 1).reduce(try .numbered(logits: [1, 2, 3, 4]))
    #expect(plus.kept == [3, 2, 1, 0, 0, 1, 2])
    #expect(plus.tokens.row(7) == [0, 0])
    #expect(plus.note == "3 patches are kept twice, as in the released code")
    #expect(try PruMergePlus(.paper, ratio: 1).reduce(try .numbered(logits: [1, 2, 3, 4])).count == 4)
  }

  /// The step of 576 patches at a ratio of 1 is 1: all are kept, then all but the last once more, and one merged token.
  @Test func saysThatPatchesAreKeptTwice() throws {
    let plus = try PruMergePlus(ratio: 1).reduce(Sample.named("text").features())
    #expect(plus.count == 576 + 575 + 1)
    #expect(plus.note == "575 patches are kept twice, as in the released code")
    #expect(try PruMergePlus().reduce(Sample.named("text").features()).note == nil)
  }

  @Test(arguments: [Double.leastNonzeroMagnitude, 1e-300, 0.2])
  func ratiosThatKeepNothing(ratio: Double) throws {
    let reduced = try PruMerge(ratio: ratio).reduce(try .numbered(logits: [1, 2, 3, 4]))
    #expect(reduced.kept.isEmpty)
    #expect(reduced.count == 1)
    #expect(reduced.note?.contains("keeps no patch") == true)
    // s is at least 5 and the grid ends before 3: only 5 has a multiple of a half, 2, below that.
    let plus = try PruMergePlus(ratio: ratio).reduce(try .numbered(logits: [1, 2, 3, 4]))
    #expect(plus.kept == (ratio == 0.2 ? [2] : []))
  }

  /// All 37 keys alike: every similarity is a tie, and so is the attention, 1/37.
  @Test func tiesGoToTheLowerIndex() throws {
    let features = try VisualFeatures.numbered(logits: [Float](repeating: 0, count: 36))
    let reduced = try PruMerge(ratio: 0.03).reduce(features)  // int(36 * 0.03) = 1
    #expect(reduced.kept == [0])
    // 32 neighbours: patches 1 to 32, which sum to 528.
    #expect(abs(reduced.tokens.row(0)[0] - 528.0 / 37) < 1e-4)
    #expect(abs(reduced.tokens.row(0)[1] - (1 + 32.0 / 37)) < 1e-5)
  }

  /// Patch 0 has the key [1, 1] and 35 others: 30 times [0, 1], twice [0, 0], three times [0, -9]. By cosine and by dot
  /// product alike, keys of zeros (similarity 0) come between the first and the last, and complete the 32.
  @Test func aKeyOfZerosIsLikeNoOther() throws {
    let second = [0, 1] + [Float](repeating: 1, count: 30) + [0, 0, -9, -9, -9]
    let logits = [0, 1] + [Float](repeating: 0, count: 35)
    let features = try VisualFeatures.made(
      logits: logits, tokens: (0..<37).map { [$0 > 33 ? 1000 : $0 > 31 ? 1 : 0, 0] }, second: second)
    for variant in [PruMerge.Variant.released, .paper] {
      let reduced = try PruMerge(variant, ratio: 0.03).reduce(features)
      #expect(reduced.kept == [0])
      // Of those neighbours only the two of zeros have a token: [1, 0], times 1 / (36 + e).
      let expected = 2 / (36 + Float(exp(1.0)))
      #expect(abs(reduced.tokens.elements[0] - expected) < 1e-6)
    }
  }

  @Test func refusesNumbersThatOverflow() throws {
    let tokens: [[Float]] = [[0, 0], [1, 0], [1, 0], [1, 0], [1, 0]]
    let keys = try VisualFeatures.made(logits: [0, 3e38, 3e38, 0, 0], tokens: tokens)
    #expect(throws: Diagnostic(file: "made", "keys and cls_query are so large that their products overflow")) {
      try PruMerge().reduce(keys)
    }
    let norms = try VisualFeatures.made(logits: [0, 1, 2, 3, 4], tokens: tokens, second: [0, 3e38, 3e38, 0, 0])
    #expect(throws: Diagnostic(file: "made", "keys are so large that their norms overflow")) {
      try PruMerge().reduce(norms)
    }
    let sums = try VisualFeatures.made(logits: [0, 9, 9, 9, 9], tokens: tokens.map { $0.map { $0 * 3e38 } })
    #expect(throws: Diagnostic(file: "made", "tokens are so large that their weighted sums overflow")) {
      try PruMerge(ratio: 1).reduce(sums)
    }
  }

  @Test(arguments: [0, -0.5, 1.5, .nan, .infinity])
  func refusesRatiosOutOfRange(ratio: Double) {
    #expect(throws: Diagnostic.self) { try PruMerge(ratio: ratio) }
    #expect(throws: Diagnostic.self) { try PruMergePlus(ratio: ratio) }
  }
}
