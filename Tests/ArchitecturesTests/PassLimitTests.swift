import Documents
import Testing

@testable import Architectures

@Suite("What is a pass, and the share of it that one device works on")
struct PassLimitTests {
  @Test("logits of every position at most: of 2 x 4 + 5 x 1")
  func logits() throws {
    let groups = [Pass.Group(sequences: 2, newTokens: 4), Pass.Group(sequences: 5, newTokens: 1, context: 9)]
    #expect(Pass(groups).logits == 7)
    try Pass(groups, logits: 13).check(readsImages: false)
    try Pass(groups, logits: 0).check(readsImages: false)
    for logits in [-1, 14] {
      #expect(throws: Diagnostic.self) { try Pass(groups, logits: logits).check(readsImages: false) }
    }
  }

  @Test("visual tokens are some of the new ones, but where layers read images apart")
  func visual() throws {
    func pass(_ visual: Int, cached: Int = 0) -> Pass {
      Pass([Pass.Group(sequences: 1, newTokens: 3, visualTokens: visual, cachedVisualTokens: cached)])
    }
    try pass(3).check(readsImages: false)
    try pass(4, cached: 5).check(readsImages: true)
    #expect(throws: Diagnostic.self) { try pass(4).check(readsImages: false) }
    #expect(throws: Diagnostic.self) { try pass(3, cached: 1).check(readsImages: false) }
  }

  @Test("of 7 sequences on 4 devices the busiest has 2")
  func share() {
    let pass = Pass([Pass.Group(sequences: 3, newTokens: 1), Pass.Group(sequences: 4, newTokens: 2)])
    let share = pass.ownShare(Parallelism(expert: 4))
    #expect(share.own == 2 && share.all == 7)
    #expect(share.of(21) == 6)
    #expect(OwnShare.all.of(21) == 21)
    #expect(pass.ownShare(Parallelism()).of(0.3) == 0.3)
  }
}
