internal import Documents
internal import Architectures
internal import Estimation
internal import Hardware
internal import Operators
internal import Quantities
package import Reproduction

extension Report {
  /// The paper's Table 2 against the reproduction, then the same rows counted exactly.
  package init(_ reproduction: PruMergeTable2) {
    let cells = reproduction.cells
    self.init(
      headings: [
        "Table 2 of LLaVA-PruMerge (arXiv:2403.15388), computed anew: "
          + "\(reproduction.agreeing()) of \(cells.count) figures agree at the printed precision"
      ],
      tables: [
        ReportTable(
          [
            .text("backbone"), .text("precision"), .text("reducer"), .text("figure"), .number("paper"),
            .number("ours"), .text("agrees"), .number("at 616/80", priority: 2), .number("exact", priority: 1),
          ],
          caption: "Ours: LLM-Viewer's conventions at 700 and 70 tokens; the same at the stated 616 and 80; exact "
            + "accounting of these",
          rows: cells.map { cell in
            [
              cell.backbone, cell.precision, cell.reducer, cell.column.title, cell.printed,
              cell.reproduced.fixed(cell.decimals + 2), cell.agrees ? "yes" : "NO: \(cell.rounded)",
              cell.statedWorkload.fixed(cell.decimals + 2), cell.exact.fixed(cell.decimals + 2),
            ]
          }),
        ReportTable(
          [
            .text("backbone"), .text("precision"), .number("visual tokens"), .number("text tokens", priority: 2),
            .number("work"), .number("prefill"), .text("bound by", priority: 2), .number("traffic"),
            .number("activations written", priority: 1), .number("footprint"),
          ],
          caption: "The stated workload under exact accounting, INT4 weight-only",
          rows: reproduction.exactRows.map(Self.exactCells)),
      ],
      notes: Self.explanation(reproduction),
      records: cells.map(Self.record))
    recordsKey = "cells"
  }

  private static func record(_ cell: PruMergeTable2.Cell) -> OutputRecord {
    OutputRecord([
      "backbone": .text(cell.backbone), "precision": .text(cell.precision), "reducer": .text(cell.reducer),
      "column": .text(cell.column.rawValue), "paper": .number(Double(cell.printed)),
      "reproduced": .number(cell.reproduced), "agrees": .boolean(cell.agrees),
      "stated_workload": .number(cell.statedWorkload), "exact": .number(cell.exact),
    ])
  }

  private static func exactCells(_ estimate: Estimate) -> [String] {
    let stage = estimate.mainStage
    return [
      estimate.model.name, estimate.precision.name, "\(estimate.visualTokens)", "\(estimate.workload.textTokens)",
      stage?.flops.description ?? "", estimate.prefillSeconds.description, stage?.bound.rawValue ?? "",
      stage?.traffic.total.description ?? "", stage?.traffic.activationsWritten.description ?? "",
      estimate.footprint.total.description,
    ]
  }

  /// Where 700 and 70 come from, and which cells are off.
  private static func explanation(_ reproduction: PruMergeTable2) -> [String] {
    let misprints = reproduction.cells.filter { !$0.agrees }.map { cell in
      "misprint: \(cell.backbone), \(cell.precision), \(cell.reducer), \(cell.column.title) prints \(cell.printed) "
        + "and should read \(cell.rounded)"
    }
    // Figures whose last zeros, taken at their word, would disagree.
    let filled = reproduction.cells.filter { $0.agrees && Double($0.printed) != Double($0.reproduced.fixed($0.places)) }
      .map(\.printed)
    return misprints + [
      "700 and 70 tokens in total are not in the paper: its text says 576 or 40 visual tokens and 40 of text, 616 or "
        + "80. They were found by running LLM-Viewer (commit fd08fe3 of 2024-03-07) over all token counts; no other "
        + "pair gives the printed times and memory.",
      "\"Total memory\" is bytes moved, not bytes needed; \"storing activation\" is activation bytes written.",
      "INT4 in the paper is W4A4KV4 on an INT8 peak of 62 TOP/s, hence slower than FP16 at 700 tokens; its FLOPs are "
        + "multiplied by 4/16. Weight-only INT4, what engines run, does not slow the prefill down.",
      "Zeros at the end of a printed figure (\(filled.joined(separator: ", "))) fill the column; agreement is judged "
        + "without them.",
    ]
  }
}

extension PruMergeTable2.Column {
  /// The column's name with its unit.
  package var title: String {
    switch self {
    case .flops: "FLOPs (T)"
    case .prefill: "prefill (ms)"
    case .totalMemory: "total memory (GB)"
    case .storingActivation: "storing act. (GB)"
    }
  }
}
