import Estimation
import Quantities
import Testing

@testable import Reproduction

/// The paper's Table 2 against the reproduction; the counts of agreeing cells are those of an independent run of
/// LLM-Viewer at fd08fe3 over all token counts (see reports/prumerge-table2.md).
@Suite struct PruMergeTable2Tests {
  @Test func thirtyOfThirtyTwoFiguresAgree() throws {
    let table = try PruMergeTable2()
    #expect(table.cells.count == 32)
    #expect(table.agreeing(in: .prefill) == 8)
    #expect(table.agreeing(in: .totalMemory) == 8)
    #expect(table.agreeing(in: .storingActivation) == 8)
    #expect(table.agreeing(in: .flops) == 6)
    #expect(table.agreeing() == 30)
  }

  @Test func theOtherTwoAreNamedWithWhatTheyShouldRead() throws {
    let misprints = try PruMergeTable2().cells.filter { !$0.agrees }
    #expect(
      misprints.map { [$0.backbone, $0.precision, $0.reducer, $0.column.rawValue] } == [
        ["vicuna-7b", "int4", "prumerge", "flops_t"], ["vicuna-13b", "int4", "none", "flops_t"],
      ])
    // 909,531,074,560 and 18,170,949,760,000 OPs (LLM-Viewer's totals at 70 and 700 tokens), a quarter of each.
    #expect(misprints.map(\.rounded) == ["0.23", "4.5"])
    #expect(misprints.map(\.reproduced) == [0.90953107456 / 4, 18.17094976 / 4])
  }

  @Test func statedWorkloadGivesOtherFigures() throws {
    let cells = try PruMergeTable2().cells.filter { $0.column == .prefill && $0.backbone == "vicuna-7b" }
    // LLM-Viewer at 616, 80, 616 and 80 tokens: 77.527, 15.389, 132.964 and 16.983 ms.
    let expected = [77.52701280711109, 15.388806826666667, 132.96407725878137, 16.98340902078853]
    for (cell, milliseconds) in zip(cells, expected) {
      #expect(abs(cell.statedWorkload - milliseconds) < 1e-9)
    }
  }

  /// Operations, seconds, bytes moved and activations written in LLM-Viewer's totals on a V100, of 700 or 70 tokens and of
  /// 616 or 80: Tests/EstimationTests/Fixtures/llm_viewer_prefill.csv.
  static let totals: [(found: [Double], stated: [Double])] = [
    (
      [9_327_600_025_600, 0.08861421852444443, 23_347_730_944, 4_644_928_000],
      [8_180_910_063_616, 0.07752701280711109, 21_692_094_976, 3_875_600_896]
    ),
    (
      [909_531_074_560, 0.01527593927111111, 13_748_345_344, 283_916_800],
      [1_039_868_887_040, 0.015388806826666667, 13_849_926_144, 327_744_000]
    ),
    (
      [9_327_600_025_600, 0.15163980951856632, 5_935_236_736, 1_161_232_000],
      [8_180_910_063_616, 0.13296407725878137, 5_521_327_744, 968_900_224]
    ),
    (
      [909_531_074_560, 0.01487197401921147, 3_535_390_336, 70_979_200],
      [1_039_868_887_040, 0.01698340902078853, 3_560_785_536, 81_936_000]
    ),
    (
      [18_170_949_760_000, 0.17052680248888882, 41_588_605_440, 7_264_832_000],
      [15_947_652_812_800, 0.1493495267555555, 39_000_384_000, 6_061_898_240]
    ),
    (
      [1_780_762_912_000, 0.0295332096, 26_579_888_640, 444_300_800],
      [2_035_795_968_000, 0.02970973582222223, 26_738_762_240, 512_883_200]
    ),
    (
      [18_170_949_760_000, 0.2949016108731183, 10_520_031_360, 1_816_208_000],
      [15_947_652_812_800, 0.25875958757849465, 9_872_976_000, 1_515_474_560]
    ),
    (
      [1_780_762_912_000, 0.028992930615053758, 6_767_852_160, 111_075_200],
      [2_035_795_968_000, 0.03312076109534052, 6_807_570_560, 128_220_800]
    ),
  ]

  @Test func everyCellIsLLMViewersTotalInTheColumnsUnit() throws {
    let cells = try PruMergeTable2().cells
    for (row, totals) in Self.totals.enumerated() {
      // The paper's INT4 rows count a quarter of the operations; tera, milliseconds, giga, giga.
      let share = row % 4 < 2 ? 1.0 : 0.25
      let scales = [share / 1e12, 1e3, 1e-9, 1e-9]
      for column in 0..<4 {
        let cell = cells[4 * row + column]
        #expect(abs(cell.reproduced / (totals.found[column] * scales[column]) - 1) < 1e-12)
        #expect(abs(cell.statedWorkload / (totals.stated[column] * scales[column]) - 1) < 1e-12)
      }
    }
  }

  @Test("exact FLOPs of 616 and 80 tokens, INT4 or not")
  func exactOperations() throws {
    let table = try PruMergeTable2()
    // 2 n (4 d^2 + 3 d f) + 4 n^2 d a layer, 2 d V at the end: d 4096, f 11 008, 32 layers; d 5120, f 13 824, 40 layers.
    let expected = [8.17764499456, 1.03977844736, 15.9425101824, 2.035613696]
    for (row, operations) in [(0, 0), (1, 1), (2, 0), (3, 1), (4, 2), (5, 3), (6, 2), (7, 3)] {
      #expect(abs(table.cells[4 * row].exact / expected[operations] - 1) < 1e-12)
      #expect(table.exactRows[row].prefillSeconds.value * 1e3 == table.cells[4 * row + 1].exact)
      #expect(table.exactRows[row].promptTokens == (row % 2 == 0 ? 616 : 80))
    }
  }

  @Test("decimals that mean something", arguments: [("0.91", 2, 2), ("1.20", 2, 1), ("88.6", 1, 1), ("5", 0, 0)])
  func decimals(printed: String, places: Int, decimals: Int) {
    let cell = PruMergeTable2.Cell(
      backbone: "b", precision: "p", reducer: "r", column: .flops, printed: printed, reproduced: 1.23456,
      statedWorkload: 0, exact: 0)
    #expect(cell.places == places && cell.decimals == decimals)
    #expect(cell.rounded == ["1", "1.2", "1.23"][decimals])
    #expect(cell.agrees == (printed == "1.20"))
  }

  @Test func exactAccountingDoesNotSlowINT4Down() throws {
    let table = try PruMergeTable2()
    let prefill = table.cells.filter { $0.column == .prefill }
    for (fp16, int4) in [(0, 2), (1, 3), (4, 6), (5, 7)] {
      #expect(prefill[int4].exact <= prefill[fp16].exact)
      #expect(prefill[int4].precision == "int4" && prefill[fp16].precision == "fp16")
    }
    // Torch's flop counter for Vicuna-7B at 616 tokens.
    #expect(table.cells[0].exact == 8.17764499456)
  }
}
