internal import RooflineKit

extension Document {
  /// What the token counts and accuracies of LLaVA-PruMerge mean in prefill time.
  init(_ tokens: PruMergeTokens) {
    let charts = PaperAccuracy.Benchmark.allCases.map { ($0, tokens.chart($0)) }
    self.init(
      name: "prumerge-tokens.md", title: "What the token counts of LLaVA-PruMerge cost",
      [
        .paragraph(
          "Every number of visual tokens that LLaVA-PruMerge (arXiv:2403.15388) states, priced: the ideal prefill time "
            + "of the language model with these visual tokens and \(PricedPrefill.textTokens) of text, batch 1, exact "
            + "accounting with fused kernels, INT4 weight-only. Speed-ups are over the unreduced prompt. Methods that "
            + "drop tokens inside the vision tower save time there, too; that is not in these figures."),
        .heading(level: 2, "Token counts"),
        .table(tokens.countsTable),
        .heading(level: 2, "Accuracy against prefill time"),
        .paragraph(
          "The charts stand over expected times, the tables hold ideal ones. "
            + "**The accuracies are the paper's, as printed in its Tables 1, 4 and 7; none was measured here.** A dash is "
            + "one in the paper. Its rows whose number of visual tokens it does not say are left out."),
        .table(tokens.accuraciesTable),
      ]
        + charts.flatMap { benchmark, _ -> [Block] in
          [
            .heading(level: 3, benchmark.rawValue),
            .image(
              path: benchmark.path, description: "\(benchmark.rawValue): the paper's accuracy against prefill time"),
          ]
        },
      pictures: Dictionary(charts.map { ($0.path, SVGRenderer.document([$1])) }) { first, _ in first })
  }
}

extension PaperAccuracy.Benchmark {
  /// The file of the benchmark's chart.
  fileprivate var path: String {
    "charts/accuracy-\(rawValue.lowercased().filter { $0.isLetter || $0.isNumber }).svg"
  }
}

extension PruMergeTokens {
  private static let settingColumns = PricedPrefill.settings.map { setting in
    ReportTable.Column.number("\(setting.device) \(setting.precision)")
  }

  fileprivate var countsTable: ReportTable {
    ReportTable(
      [
        .text("model"), .text("language model"), .text("stated for"), .text("method"), .number("tokens before"),
        .number("after"),
      ] + Self.settingColumns + [.text("note")],
      rows: counts.map { count in
        [
          count.paper.model, count.backbone, count.paper.workload, count.paper.reducer, "\(count.paper.before)",
          "\(count.paper.after)",
        ]
          + PricedPrefill.settings.map { setting in
            let seconds = count.after.seconds(setting)
            return "\(seconds) (\((count.before.seconds(setting) / seconds).fixed(1))x)"
          } + [count.paper.note]
      })
  }

  fileprivate var accuraciesTable: ReportTable {
    ReportTable(
      [.text("table"), .text("method"), .text("language model"), .number("tokens")] + Self.settingColumns
        + PaperAccuracy.Benchmark.allCases.map { .number("\($0.rawValue), paper's") },
      rows: accuracies.map { row in
        ["\(row.paper.table)", row.paper.method, row.paper.backbone, "\(row.tokens)"]
          + PricedPrefill.settings.map { row.prefill.seconds($0).description }
          + PaperAccuracy.Benchmark.allCases.map { row.paper.score($0)?.shortest ?? "-" }
      })
  }

  /// Accuracy on a benchmark against the expected prefill time on an A100 in FP16; equal rows of two tables are one point.
  fileprivate func chart(_ benchmark: PaperAccuracy.Benchmark) -> Chart {
    let setting = PricedPrefill.Setting(device: "a100-80gb", precision: "fp16")
    var marks: [Mark] = []
    for row in accuracies {
      guard let score = row.paper.score(benchmark) else { continue }
      // "LLaVA-1.5+PruMerge" and "LLaVA-PruMerge" are both PruMerge on LLaVA.
      let prefix = ["LLaVA-1.5+", "LLaVA-Pru"].first(where: row.paper.method.hasPrefix)
      let method = row.paper.method.dropFirst(prefix == "LLaVA-Pru" ? 6 : prefix?.count ?? 0)
      let seconds = row.prefill.expectedSeconds(setting)
      let name = "\(method), \(row.tokens)"
      let mark = Mark(
        .point(ChartPoint(seconds.value, score), radius: 5), series: row.paper.backbone, label: name,
        figures: "\(row.paper.backbone), \(name) tokens: \(benchmark.rawValue) \(score.shortest), \(seconds)")
      if !marks.contains(mark) { marks.append(mark) }
    }
    return Chart(
      title: "\(benchmark.rawValue): accuracy as the paper prints it",
      summary: marks.compactMap(\.figures).map { "\($0)." }.joined(separator: " "),
      x: Axis("expected prefill time on \(setting.device), \(setting.precision)", .seconds),
      y: Axis(benchmark.rawValue, .none, .linear(fromZero: false)), marks: marks)
  }
}
