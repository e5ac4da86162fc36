internal import Architectures
public import Estimation
internal import Hardware
internal import Operators
internal import Quantities
internal import Reduction
internal import Reproduction

extension Report {
  /// Reducers at a common number of tokens, fastest first, beside the accuracies that LLaVA-PruMerge prints of them.
  public init(_ comparison: Comparison) {
    let first = comparison.rows.first?.estimate
    let benchmarks = comparison.benchmarks
    let budget = comparison.budget
    self.init(
      headings: first.map { estimate in
        [
          "\(estimate.model.title) on \(estimate.hardware.title), \(estimate.precision.name), "
            + "at most \(budget) visual tokens",
          "prefill with \(estimate.workload.textTokens) text tokens, batch \(estimate.workload.batch); ideal times; "
            + "ranked by the total of vision, connector, reduction and prefill",
        ]
      } ?? [],
      table: Table(
        [
          .text("reducer"), .number("visual tokens"), .number("work", priority: 2), .number("vision", priority: 3),
          .number("reduction", priority: 1), .number("prefill", priority: 1), .number("total"), .number("speed-up"),
          .number("footprint", priority: 2), .text("fits", priority: 2),
        ] + benchmarks.map { .number("\($0.rawValue)*", priority: 4) },
        rows: comparison.rows.map { $0.cells + $0.scores(benchmarks) }),
      notes: comparison.notes(benchmarks), records: comparison.rows.enumerated().map { $1.record(rank: $0 + 1) })
  }
}

extension Comparison {
  /// The benchmarks that any row has an accuracy of.
  fileprivate var benchmarks: [PaperAccuracy.Benchmark] {
    PaperAccuracy.Benchmark.allCases.filter { benchmark in rows.contains { $0.paper?.score(benchmark) != nil } }
  }

  fileprivate func notes(_ benchmarks: [PaperAccuracy.Benchmark]) -> [String] {
    let source =
      "* accuracy as LLaVA-PruMerge (arXiv:2403.15388) prints it, in the row of the same method and backbone nearest "
      + "to these tokens; not measured here"
    let rounded = rows.compactMap { row -> String? in
      guard let paper = row.paper, let tokens = paper.tokens, tokens != row.estimate.visualTokens else { return nil }
      return "\(row.name): the paper's accuracy is that of \(tokens) tokens (Table \(paper.table))"
    }
    var notes = benchmarks.isEmpty ? [] : [source] + rounded
    var texts: [String] = []
    // What does not fit stands in a column.
    let said = rows.compactMap(\.estimate.fitNote)
    for text in rows.flatMap(\.estimate.notes) where !(texts + said).contains(text) { texts.append(text) }
    notes += texts.map { text in
      let concerned = rows.filter { $0.estimate.notes.contains(text) }
      return concerned.count == rows.count ? text : "\(concerned.map(\.name).joined(separator: ", ")): \(text)"
    }
    if rows.contains(where: { $0.estimate.visualInput.reduction?.isSynthetic == true }) {
      notes.append("reducers of features ran on a synthetic sample, not a photograph's features")
    }
    return notes + omissions
  }
}

extension Comparison.Row {
  /// The specification, or `none`.
  fileprivate var name: String { estimate.visualInput.reduction?.reducer.name ?? "none" }

  /// The paper's row on this method, of those on the same language model the one with the nearest number of tokens, at
  /// most half as many or as many again.
  fileprivate var paper: PaperAccuracy.Row? {
    let titles = [
      "prumerge": "PruMerge", "prumerge+": "LLaVA-1.5+PruMerge+", "tome": "LLaVA-1.5+ToMe", "ats": "LLaVA-1.5+ATS",
      "evit": "LLaVA-1.5+EViT", "crossget": "LLaVA-1.5+CrossGet", "sequential": "Sequential", "spatial": "Spatial",
    ]
    let isLLaVA = estimate.model.name.hasPrefix("llava-1.5-")
    guard isLLaVA, let title = method == nil ? "LLaVA-1.5" : method.flatMap({ titles[$0] }) else { return nil }
    let backbone = estimate.model.name.replacing("llava-1.5", with: "vicuna")
    let tokens = estimate.visualTokens
    let candidates = PaperAccuracy.rows.filter { row in
      guard row.backbone == backbone, let other = row.tokens, 2 * other >= tokens, other <= 2 * tokens else {
        return false
      }
      return title.hasPrefix("LLaVA") ? row.method == title : row.method.hasPrefix(title) || row.method.hasSuffix(title)
    }
    return candidates.min { abs(($0.tokens ?? 0) - tokens) < abs(($1.tokens ?? 0) - tokens) }
  }

  fileprivate var cells: [String] {
    let runs = estimate.workload.visualTokens.runs(layers: estimate.model.language?.layers ?? 0)
    return [
      name, runs.map { "\($0.tokens)" }.joined(separator: " > "), estimate.flops.description, seconds(.vision),
      seconds(.reduction), seconds(.prefill), estimate.totalSeconds.description, "\(speedup.fixed(2))x",
      estimate.footprint.total.description, estimate.fits.map { $0 ? "yes" : "NO" } ?? "?",
    ]
  }

  fileprivate func scores(_ benchmarks: [PaperAccuracy.Benchmark]) -> [String] {
    benchmarks.map { benchmark in paper?.score(benchmark).map { $0.fixed(1) } ?? "" }
  }

  private func stage(_ stage: Stage) -> StageEstimate? { estimate.stages.first { $0.stage == stage } }

  private func seconds(_ stage: Stage) -> String { self.stage(stage)?.seconds.description ?? "" }

  fileprivate func record(rank: Int) -> Record {
    var record = Record([
      "rank": .number(rank), "model": .text(estimate.model.name), "hardware": .text(estimate.hardware.name),
      "precision": .text(estimate.precision.name), "reducer": .text(name),
      "visual_tokens": .number(estimate.visualTokens),
      "mean_visual_tokens": .number(estimate.workload.visualTokens.mean(layers: estimate.model.language?.layers ?? 0)),
      "flops": .number(estimate.flops.value), "vision_seconds": .number(stage(.vision)?.seconds.value),
      "connector_seconds": .number(stage(.connector)?.seconds.value),
      "reduction_seconds": .number(stage(.reduction)?.seconds.value ?? 0),
      "prefill_seconds": .number(estimate.prefillSeconds.value), "total_seconds": .number(estimate.totalSeconds.value),
      "speedup": .number(speedup), "paper_table": .number(paper.map { Double($0.table) }),
      "paper_tokens": .number(paper?.tokens.map { Double($0) }),
      "footprint_bytes": .number(estimate.footprint.total.value),
      "capacity_bytes": .number(estimate.hardware.capacity?.value.value), "fits": .boolean(estimate.fits),
      "note": .text(estimate.noteForMachines(estimate.notes)),
    ])
    for benchmark in PaperAccuracy.Benchmark.allCases {
      let key = "paper_" + benchmark.rawValue.lowercased().filter { $0.isLetter || $0.isNumber }
      record.fields.append(.init(key: key, value: .number(paper?.score(benchmark))))
    }
    return record
  }
}

extension Estimate {
  /// FLOPs of matrix products in all stages.
  fileprivate var flops: FLOPs { stages.map(\.flops).sum() }
}
