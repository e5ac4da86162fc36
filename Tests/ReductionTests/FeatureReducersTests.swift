import Documents
import Foundation
import Testing

@testable import Reduction

/// Small cases by hand and edges of the reducers that work on features.
struct FeatureReducersTests {
  private func reduce(_ specification: String, _ features: VisualFeatures) throws -> ReducedTokens {
    try Reducers.named(specification).reduce(features)
  }

  @Test func sequentialTakesTheFirst() throws {
    let features = try VisualFeatures.numbered(logits: [Float](repeating: 0, count: 9))
    let reduced = try reduce("sequential:4", features)
    #expect(reduced.kept == [0, 1, 2, 3])
    #expect(reduced.tokens.elements == [0, 1, 1, 1, 2, 1, 3, 1])
    #expect(try reduce("sequential:9", features).count == 9)
  }

  /// Centres of five rows and eight columns of 24: 2, 7, 12, 16, 21 and 1, 4, 7, 10, 13, 16, 19, 22.
  @Test func spatialTakesTheCentres() throws {
    let features = try VisualFeatures.numbered(logits: [Float](repeating: 0, count: 576))
    let rows = [2, 7, 12, 16, 21]
    let columns = [1, 4, 7, 10, 13, 16, 19, 22]
    #expect(try reduce("spatial:5x8", features).kept == rows.flatMap { row in columns.map { row * 24 + $0 } })
    #expect(try reduce("spatial:24x24", features).kept == [Int](0..<576))
    #expect(try reduce("spatial:1x1", features).kept == [12 * 24 + 12])
  }

  /// Four patches that others attend to by 0.1, 0.4, 0.2 and 0.3.
  @Test func withoutAClassTokenTheMeanAttentionOfAllPatchesDecides() throws {
    let matrix = try #require(Matrix(columns: 2, elements: [1, 0, 0, 1, 1, 1, 1, -1]))
    let features = try VisualFeatures(
      name: "four", keys: matrix, classQuery: [0.5, 0.5], tokens: matrix, meanAttention: [0.1, 0.4, 0.2, 0.3])
    #expect(try reduce("fastervlm:2", features).kept == [1, 3])
    #expect(try reduce("fastervlm:2", features).tokens.elements == [0, 1, 1, -1])
    // No class token takes a place of the two dominant ones; of the other two patches the first stands for both.
    #expect(try reduce("visionzip:2+1", features).kept == [1, 3, 0])
    // The mean query meets the patches' keys with 0.5, 0.5, 1 and 0, so a quarter of them is the third.
    #expect(try reduce("prumerge:query=mean,ratio=0.25", features).kept == [2])
    for reducer in ["prumerge", "ats:2", "evit:keep=0.5", "crossget:r=1"] {
      let error = #expect(throws: Diagnostic.self) { try reduce(reducer, features) }
      #expect(error?.message.contains("class token") == true, "\(reducer): \(error?.message ?? "")")
    }
    #expect(throws: Diagnostic.self) { try reduce("prumerge:query=mean", Sample.text.features()) }
  }

  @Test func randomDependsOnTheSeedAlone() throws {
    let features = try VisualFeatures.numbered(logits: [Float](repeating: 0, count: 576))
    let kept = try reduce("random:40,seed=7", features).kept
    #expect(kept.count == 40)
    #expect(kept == kept.sorted() && Set(kept).count == 40)
    #expect(kept == (try reduce("random:40,seed=7", features).kept))
    #expect(kept != (try reduce("random:40,seed=8", features).kept))
    #expect(try reduce("random:576", features).kept == [Int](0..<576))
    // The same shuffle, written in Python: for i from 575 to 1, swap i with SplitMix64(7) mod (i + 1).
    #expect(try reduce("random:5,seed=7", features).kept == [65, 115, 241, 289, 415])
  }

  /// 2 x 3 patches in squares of two: one whole square, then the half that is left of the second.
  @Test func poolingAveragesWhatThereIs() throws {
    let features = try VisualFeatures.made(
      logits: [Float](repeating: 0, count: 7), tokens: [[9, 9], [0, 1], [1, 1], [2, 1], [3, 1], [4, 1], [5, 1]],
      grid: .init(rows: 2, columns: 3))
    let reduced = try reduce("pool:2", features)
    #expect(reduced.tokens.elements == [2, 1, 3.5, 1])
    #expect(reduced.assignment == [0, 0, 1, 0, 0, 1])
    #expect(reduced.kept.isEmpty)
  }

  @Test(arguments: [
    "sequential:10", "random:10", "spatial:4x1", "spatial:1x4", "pool:4", "fastervlm:10", "visionzip:9+2",
  ])
  func refusesMoreThanThereIs(specification: String) throws {
    let features = try VisualFeatures.numbered(logits: [Float](repeating: 0, count: 9))
    #expect(throws: Diagnostic.self) { try reduce(specification, features) }
  }

  /// 10,000 patches have 10^8 pairs, whose similarities take 400 MB and about a second; the next square has more.
  @Test func refusesMorePatchesThanItComparesSoon() throws {
    let error = #expect(throws: Diagnostic.self) {
      try VisualFeatures.numbered(logits: [Float](repeating: 0, count: 10_201))
    }
    #expect(error?.description.contains("10201 patches") == true)
    #expect(throws: Never.self) { try VisualFeatures.numbered(logits: [Float](repeating: 0, count: 10_000)) }
  }

  @Test func missingTensorsAreNamed() throws {
    let features = try VisualFeatures.numbered(logits: [0, 3, 2, 1])
    let reduced = try reduce("fastervlm:2", features)
    #expect(reduced.kept == [1, 2])
    #expect(reduced.note?.contains("no penultimate_keys and penultimate_cls_query: the last layer's") == true)
    #expect(try reduce("visionzip:1+1", features).note?.contains("penultimate_keys") == true)
    let other = try VisualFeatures(
      name: "made", keys: features.keys, classQuery: features.classQuery, tokens: features.tokens,
      penultimateKeys: Matrix(columns: 2, elements: [0, 0, 1, 0, 2, 0, 3, 0, 4, 0]),
      penultimateClassQuery: [1, 0])
    #expect(try reduce("fastervlm:2", other).kept == [2, 3])
    #expect(try reduce("fastervlm:2", other).note == nil)
  }

  @Test func penultimateShapesMustMatch() throws {
    let features = try VisualFeatures.numbered(logits: [0, 3, 2, 1])
    let error = #expect(throws: Diagnostic.self) {
      try VisualFeatures(
        name: "made", keys: features.keys, classQuery: features.classQuery, tokens: features.tokens,
        penultimateClassQuery: [1])
    }
    #expect(error?.message.contains("penultimate_cls_query has 1 numbers") == true)
  }

  /// Tokens that are all alike have no distance; a released choice would repeat the first.
  @Test func divPruneNeverRepeats() throws {
    let features = try VisualFeatures.made(
      logits: [Float](repeating: 0, count: 10), tokens: [[Float]](repeating: [1, 2], count: 10))
    #expect(try reduce("divprune:0.5", features).kept == [0, 1, 2, 3])  // round(4.5) to even
    #expect(try reduce("divprune:1", features).count == 9)
    let nothing = try reduce("divprune:0.01", features)
    #expect(nothing.count == 0)
    #expect(nothing.note?.contains("no token remains") == true)
  }

  @Test func singleStepsSaySo() throws {
    let features = try VisualFeatures.numbered(logits: (0..<16).map { Float($0) / 4 })
    for specification in ["tome:r=3", "evit:keep=0.5", "ats:9", "crossget:r=3"] {
      #expect(try reduce(specification, features).note?.hasPrefix("single-shot") == true)
    }
    // r = 0 and keep = 1 change nothing.
    for specification in ["tome:r=0", "crossget:r=0", "evit:keep=1"] {
      let reduced = try reduce(specification, features)
      #expect(reduced.count == 16)
    }
    #expect(try reduce("tome:r=99", features).count == 8)
    #expect(try reduce("crossget:r=99", features).count == 8)
  }

  /// A class token and nine patches whose keys are zeros: nothing is NaN, and as many are left as of any others: 9 - 2,
  /// 2 + 3, round(0.3 x 9), ceil(0.4 x 9) and the fused one, 3.
  @Test(arguments: [
    ("tome:r=2", 7), ("crossget:r=2", 7), ("visionzip:2+3", 5), ("divprune:0.3", 3), ("evit:keep=0.4", 5),
    ("fastervlm:3", 3),
  ])
  func zeroKeysAndTokens(specification: String, count: Int) throws {
    let features = try VisualFeatures.made(
      logits: [Float](repeating: 0, count: 10), tokens: [[Float]](repeating: [0, 0], count: 10))
    let reduced = try reduce(specification, features)
    #expect(reduced.tokens.firstNonFinite == nil)
    #expect(reduced.count == count)
  }

  /// The class token and the one patch are dominant and contextual; nothing is left to merge into it.
  @Test func onePatchOfVisionZip() throws {
    let features = try VisualFeatures.made(logits: [0, 1], tokens: [[1, 1], [2, 3]])
    #expect(try reduce("visionzip:1+1", features).count == 2)
  }

  @Test(arguments: [
    "tome:r=1", "crossget:r=1", "divprune:1", "ats:8", "evit:keep=0.4", "fastervlm:1", "pool:1",
    "spatial:1x1", "random:1", "sequential:1",
  ])
  func onePatch(specification: String) throws {
    let features = try VisualFeatures.made(logits: [0, 1], tokens: [[1, 1], [2, 3]])
    #expect(try reduce(specification, features).tokens.elements == [2, 3])
  }

  /// Attention 1, 1, 2, 4 of 9 times lengths 1, 1, 1, 1: cumulative 1/8, 1/4, 1/2, 1, scaled 0, 1/7, 3/7, 1.
  ///
  /// Of seven samples from 1/7 to 1 (1/7, 2/7, 3/7, ... 1) the nearest are the second, third (2/7 is as near to the
  /// second and first wins), third, third (4/7), fourth (5/7 is as near to the third: first wins), fourth, fourth.
  @Test func atsSamplesWhereSignificanceGrows() throws {
    let logits = ([1, 2, 1, 4, 1] as [Float]).map { Float(log(Double($0))) }
    let tokens: [[Float]] = [[1, 0], [0, 1], [1, 0], [0, 1], [1, 0]]
    let features = try VisualFeatures.made(logits: logits, tokens: tokens)
    // Ascending: patches 1, 3 (1 each), 0 (2), 2 (4).
    #expect(try reduce("ats:1", features).kept == [3, 0, 2])
  }
}
