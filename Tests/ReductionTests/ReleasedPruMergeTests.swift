@testable import Reduction
import Tensors
import Testing

/// Scenes and outputs of the released code, to 1e-4.
struct ReleasedPruMergeTests {
  @Test(arguments: 0..<9)
  func adaptive(scene: Int) throws {
    let fixture = try Fixture(scene)
    let kept = try fixture.file.integers(named: "kept").elements.map { Int($0) }
    let reduced = try PruMerge().reduce(fixture.features)
    #expect(reduced.kept == kept)
    #expect(reduced.count == kept.count + 1)
    #expect(difference(reduced.tokens, try fixture.tokens("prumerge")) < 1e-4)
    let plus = try PruMergePlus().reduce(fixture.features)
    #expect(plus.kept.starts(with: kept))
    #expect(difference(plus.tokens, try fixture.tokens("prumerge_plus")) < 1e-4)
  }

  @Test(arguments: 0..<9)
  func fixedEighth(scene: Int) throws {
    let fixture = try Fixture(scene)
    let reduced = try PruMerge(ratio: 0.125).reduce(fixture.features)
    #expect(reduced.kept.count == 72)
    #expect(difference(reduced.tokens, try fixture.tokens("prumerge_fixed_eighth")) < 1e-4)
    let plus = try PruMergePlus(ratio: 0.125).reduce(fixture.features)
    // The grid begins in the middle of the first of 72 steps of 8: patches 4, 12, ..., 572.
    #expect(plus.kept == reduced.kept + stride(from: 4, through: 572, by: 8))
    #expect(difference(plus.tokens, try fixture.tokens("prumerge_plus_fixed_eighth")) < 1e-4)
  }

  /// A bound far tighter than that of the tokens, for what decides who is an outlier.
  @Test(arguments: 0..<9)
  func classAttention(scene: Int) throws {
    let fixture = try Fixture(scene)
    let expected = try fixture.file.tensor(named: "cls_attention").elements
    let attention = try fixture.features.classAttention()
    #expect(attention.count == expected.count)
    #expect(zip(attention, expected).allSatisfy { abs($0 - $1) <= 1e-5 * $1 })
  }
}
