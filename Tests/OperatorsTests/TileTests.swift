import Operators
import Testing

/// Tiles are counted by drawing them: rows of queries from the top, keys from the left, a tile for each pair of which
/// anything is visible.
@Suite("Tiles of attention and entries of several positions")
struct TileTests {
  private let side = AttentionSums.tileSide

  private func sums(
    _ tokens: Double, _ context: Double, window: Double = .infinity, causal: Bool = true, streams: Bool = false
  ) -> AttentionSums {
    var sums = AttentionSums()
    sums.add(
      sequences: 2, tokens: tokens * side, context: context * side, window: window * side, causal: causal,
      streams: streams)
    return sums
  }

  @Test("three tiles of queries after two of cached keys meet 3, 4 and 5 tiles of keys")
  func causal() {
    let open = sums(3, 2)
    #expect(open.tiles == 2 * (3 + 4 + 5) && open.longest == 5)
    let full = sums(3, 2, causal: false)
    #expect(full.tiles == 2 * (5 + 5 + 5) && full.longest == 5)
  }

  @Test("a window of four tiles cuts the last, one of two all")
  func windows() {
    let wide = sums(3, 2, window: 4)
    #expect(wide.tiles == 2 * (3 + 4 + 4) && wide.longest == 4)
    let narrow = sums(3, 2, window: 2)
    #expect(narrow.tiles == 2 * (2 + 2 + 2) && narrow.longest == 2)
  }

  @Test("a part of a tile is a tile")
  func parts() {
    #expect(sums(1 / side, 0).tiles == 2)
    // Queries 1.5 tiles, which take two; keys half a tile before them, which take one: 2 and 3.
    #expect(sums(1.5, 0.5).tiles == 2 * (2 + 3))
  }

  @Test("few tokens over the cache: the tiles of those among themselves, if they are several")
  func streaming() {
    let several = sums(2, 9, streams: true)
    #expect(several.tiles == 0 && several.longest == 0)
    #expect(several.chunkTokens == 2 * 2 * side && several.chunkTiles == 2 * (1 + 2))
    let alone = sums(1 / side, 9, streams: true)
    #expect(alone.streamedTokens == 2 && alone.chunkTokens == 0 && alone.chunkTiles == 0)
    #expect(AttentionSums().chunkTokens == 0 && AttentionSums().chunkTiles == 0)
  }

  @Test("others' tokens: 3 tiles of queries by 2 of keys")
  func crossed() {
    let crossed = AttentionSums(sequences: 2, queries: 2.5 * side, keys: 2 * side)
    #expect(crossed.tiles == 2 * 3 * 2 && crossed.longest == 2)
    #expect(crossed.tokens == 5 * side && crossed.positions == 4 * side && crossed.visible == 10 * side * side)
  }

  /// Ten tokens after eight, an entry for every four: token s of 9 ... 18 sees (s - 3) / 4 entries at the least.
  @Test("entries of four positions", arguments: [(Double.infinity, 26.25), (2, 19.25)])
  func entries(limit: Double, seen: Double) {
    // (6 + 7 + ... + 15) / 4 = 26.25; at most 2 each: 6/4 + 7/4 + 8 x 2 = 19.25.
    for streams in [false, true] {
      var sums = AttentionSums()
      sums.addEntries(sequences: 2, tokens: 10, context: 8, window: 0, rate: 4, limit: limit, streams: streams)
      #expect(sums.visible == 2 * seen)
      // 8/4 entries of the context and two whole ones of the new tokens.
      #expect(sums.eagerScores == 2 * 10 * 4 && sums.scores == 2 * 10 * min(4, limit))
      #expect(sums.positions == 2 * 4)
      #expect(sums.streamedVisible == (streams ? 2 * seen : 0) && sums.streamedPositions == (streams ? 8 : 0))
      #expect(sums.tiles == (streams ? 0 : 2) && sums.longest == (streams ? 0 : 1))
    }
  }

  @Test("no entry is seen before one is whole")
  func noEntry() {
    var sums = AttentionSums()
    sums.addEntries(sequences: 2, tokens: 3, context: 0, window: 0, rate: 4, limit: 8, streams: false)
    #expect(sums == AttentionSums())
    // One entry: token 4 sees it, (4 - 3) / 4 at the least.
    sums.addEntries(sequences: 1, tokens: 4, context: 0, window: 0, rate: 4, limit: 8, streams: false)
    #expect(sums.visible == 0.25 && sums.positions == 1)
  }
}
