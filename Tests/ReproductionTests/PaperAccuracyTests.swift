import Reproduction
import Testing

@Suite struct PaperAccuracyTests {
  /// Of each table the rows, and of each benchmark how many scores the paper prints and their sum, added up from the
  /// paper's tables by another transcript.
  @Test(arguments: [
    (1, 14, [(12, 844.2), (11, 737.1), (13, 675.0), (8, 659.2), (9, 12762.5), (12, 682.1)]),
    (7, 7, [(7, 508.4), (7, 460.1), (7, 393.1), (7, 507.4), (7, 9988.1), (7, 426.8)]),
    (4, 12, [(0, 0), (3, 198.56), (4, 190.99), (5, 296.7), (4, 4276.22), (0, 0)]),
  ])
  func sums(table: Int, count: Int, expected: [(count: Int, sum: Double)]) {
    let rows = PaperAccuracy.rows.filter { $0.table == table }
    #expect(rows.count == count)
    for (benchmark, figures) in zip(PaperAccuracy.Benchmark.allCases, expected) {
      let scores = rows.compactMap { $0.score(benchmark) }
      #expect(scores.count == figures.count)
      #expect(abs(scores.reduce(0, +) - figures.sum) < 1e-9)
    }
  }

  @Test("the row that the abstract speaks of")
  func pruMerge() throws {
    let row = try #require(PaperAccuracy.rows.first { $0.method == "LLaVA-1.5+PruMerge" })
    #expect(row.table == 1 && row.backbone == "vicuna-7b" && row.tokens == 32)
    #expect(PaperAccuracy.Benchmark.allCases.map { row.score($0) } == [72.0, 68.5, 56.0, 76.3, 1350.3, 60.9])
    // Table 1: 2 x (576 + 32 + 144); Table 7: 576 + 4 x 144 + 2 x 288; Table 4: 4 x 40 + 4 x 35 + 36 + 3 x 16.
    let tokens = PaperAccuracy.rows.compactMap(\.tokens).reduce(0, +)
    #expect(tokens == 3616)  // 1504 + 1728 + 384
  }
}
