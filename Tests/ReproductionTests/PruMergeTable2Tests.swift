import Reproduction
import Testing

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
