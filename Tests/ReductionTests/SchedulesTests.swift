import Architectures
import Documents
import Operators
import Reduction
import ReductionMethods
import Testing

struct SchedulesTests {
  /// CLIP ViT-L/14 at 336 pixels, 24 layers.
  private let clip = VisionEncoder(
    imageSize: 336, patchSize: 14, layers: 24,
    block: .encoder(width: 1024, heads: 16, headWidth: 64, feedForward: 4096, activation: .quickGELU))

  private func plan(_ specification: String, layersUsed: Int = 23) throws -> EncoderPlan {
    try #require(ReducerChain(specification).encoder).plan(for: clip, layersUsed: layersUsed)
  }

  private func schedule(_ specification: String, visualTokens: Int = 576, layers: Int = 32) throws -> [[Int]] {
    let language = try #require(ReducerChain(specification).language)
    return try language.schedule(visualTokens: visualTokens, layers: layers).runs(layers: layers)
      .map { [$0.tokens, $0.layers] }
  }

  /// Counts that papers and released code state for 576 patches: ToMe and CrossGET over 23 layers, EViT in three stages.
  @Test(arguments: [("tome:r=19", 139), ("tome:r=18", 162), ("evit:keep=0.62", 140), ("crossget:r=13", 278)])
  func leavesWhatIsPublished(specification: String, tokens: Int) throws {
    #expect(try plan(specification).visualTokens == tokens)
  }

  @Test func reducesBetweenAttentionAndFeedForward() throws {
    let runs = try plan("evit:keep=0.62").tokens.runs(layers: 23)
    // Blocks 8, 14 and 20: ceil(.62 x 576) + 1 = 359, then of those 223 + 1, then 139 + 1; class token besides.
    #expect(runs.map(\.tokens) == [577, 577, 360, 360, 225, 225, 141])
    #expect(runs.map(\.leaving) == [577, 360, 360, 225, 225, 141, 141])
    #expect(runs.map(\.layers) == [7, 1, 5, 1, 5, 1, 3])
  }

  /// As `parse_r` of ToMe's released code lists 24 layers for (19, -1): 38, 36, 34, 33, ...
  @Test func toMeCanMergeMostFirst() throws {
    let runs = try plan("tome:r=19,inflection=-1").tokens.runs(layers: 4)
    #expect(runs.map { $0.tokens - $0.leaving } == [38, 36, 34, 33])
    // Half of the tokens at most: 577 > 289 > 145 > 73 > 37 > 19 > 10 > 6 > 4 > 3 > 2 > 2.
    #expect(try plan("tome:r=1000", layersUsed: 10).visualTokens == 1)
    #expect(try plan("tome:r=0").tokens.runs(layers: 23).count == 1)
  }

  @Test func atsTakesGivenCounts() throws {
    #expect(try plan("ats:144").tokens.runs(layers: 23).map(\.leaving) == [577, 145, 145])
    #expect(try plan("ats:300+200+144").visualTokens == 144)
    #expect(try plan("ats:1").visualTokens == 7)
    #expect(try plan("ats:1000").visualTokens == 576)
  }

  @Test func theCrossTokenRidesAlong() throws {
    let tokens = try plan("crossget:r=13").tokens
    #expect(tokens.initial == 578)
    #expect(tokens.leaving(layers: 23) == 279)
  }

  @Test func classTokensAreNeeded() throws {
    var encoder = clip
    encoder.classToken = false
    for specification in ["evit:keep=0.5", "ats:40", "crossget:r=13"] {
      #expect(throws: Diagnostic.self) {
        try #require(ReducerChain(specification).encoder).plan(for: encoder, layersUsed: 23)
      }
    }
    #expect(try #require(ReducerChain("tome:r=19").encoder).plan(for: encoder, layersUsed: 23).visualTokens == 139)
  }

  @Test func dropsInsideLanguageModels() throws {
    #expect(try schedule("fastv:K=2,R=0.5") == [[576, 2], [288, 30]])
    #expect(try schedule("fastv:K=3,R=0.75", visualTokens: 41) == [[41, 3], [10, 29]])
    #expect(try schedule("fastv:K=2,R=0") == [[576, 32]])
    #expect(try schedule("pyramiddrop") == [[576, 8], [288, 8], [144, 8], [72, 8]])
    #expect(try schedule("pyramiddrop", layers: 40) == [[576, 10], [288, 10], [144, 10], [72, 10]])
    #expect(try schedule("sparsevlm:192") == [[576, 3], [300, 4], [200, 9], [110, 16]])
    #expect(try schedule("sparsevlm:64", visualTokens: 40) == [[40, 7], [30, 9], [17, 16]])
    #expect(try schedule("schedule:2=288,16=144") == [[576, 2], [288, 14], [144, 16]])
    #expect(try schedule("schedule:0=10") == [[10, 32]])
  }

  @Test(arguments: ["fastv:K=32", "schedule:32=1", "schedule:2=577", "schedule:2=10,3=11"])
  func refusesWhatDoesNotFit(specification: String) throws {
    #expect(throws: Diagnostic.self) { try schedule(specification) }
  }
}
