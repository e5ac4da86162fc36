internal import Architectures
public import Estimation
internal import Hardware
internal import Operators
internal import Quantities
internal import Reduction

extension Report {
  /// The rows of a study: one for each precision and visual input.
  public init(_ study: Study) {
    let estimates = study.rows.map(\.estimate)
    self.init(
      headings: estimates.first.map { Self.headings($0, samples: estimates.compactMap(\.visualInput.reduction)) } ?? [],
      table: Table(StudyColumn.all.filter { $0.applies(study.rows) }, rows: study.rows),
      notes: Self.notes(estimates) + Self.basis(estimates),
      records: study.rows.map { Record($0) })
  }

  private static func headings(_ estimate: Estimate, samples: [VisualInput.Reduction]) -> [String] {
    let kernels = estimate.accounting.kernels.map { ", \($0.rawValue) kernels" } ?? ""
    let text = estimate.workload.textTokens
    let work = estimate.model.language == nil ? "one forward pass" : "prefill with \(text) text tokens"
    var headings = [
      "\(estimate.model.title) on \(estimate.hardware.title)",
      "\(work), batch \(estimate.workload.batch); ideal and expected times; \(estimate.accounting.name) accounting\(kernels)",
    ]
    var seen: [String] = []
    for sample in samples where !seen.contains(sample.sample) {
      seen.append(sample.sample)
      headings.append(
        sample.isSynthetic
          ? "Reducers ran on the built-in sample \"\(sample.sample)\": synthetic features, not a photograph's"
          : "Reducers ran on the features of \(sample.sample)")
    }
    return headings
  }

  /// What the expected times rest on.
  private static func basis(_ estimates: [Estimate]) -> [String] {
    guard let hardware = estimates.first?.hardware, hardware.achieved.isEstimated else { return [] }
    return [
      "expected times are estimated: what kernels achieve is typical of such devices, not measured on \(hardware.name)"
    ]
  }

  /// The notes of all rows, each once, with the rows that it is about where it is not about all.
  private static func notes(_ estimates: [Estimate]) -> [String] {
    var notes: [(text: String, rows: [String])] = []
    for estimate in estimates {
      let input = estimate.reducerName ?? "\(estimate.visualTokens) tokens"
      let row = "\(estimate.precision.name), \(input)"
      for text in estimate.notes {
        if let index = notes.firstIndex(where: { $0.text == text }) {
          notes[index].rows.append(row)
        } else {
          notes.append((text, [row]))
        }
      }
    }
    // That a sample is synthetic already stands in the headings.
    return notes.filter { !$0.text.hasPrefix("tokens of the synthetic sample") }
      .map { $0.rows.count == estimates.count ? $0.text : "\($0.rows.joined(separator: "; ")): \($0.text)" }
  }
}

/// A column of a study's table for people.
private struct StudyColumn: Sendable {
  var column: Table.Column
  /// Whether the column has anything to say of these rows.
  var applies: @Sendable ([Study.Row]) -> Bool = { _ in true }
  var text: @Sendable (Study.Row) -> String

  static let all: [StudyColumn] = [
    StudyColumn(column: .text("precision")) { $0.estimate.precision.name },
    StudyColumn(column: .text("reducer"), applies: hasLanguage) { $0.estimate.reducerName ?? "none" },
    StudyColumn(column: .number("visual tokens"), applies: hasLanguage) { "\($0.estimate.visualTokens)" },
    StudyColumn(column: .number("tokens", priority: 3)) { "\($0.estimate.tokens)" },
    StudyColumn(column: .number("prefill"), applies: hasLanguage) { $0.estimate.prefillSeconds.description },
    StudyColumn(column: .number("expected", priority: 1), applies: hasLanguage) {
      $0.estimate.expectedPrefillSeconds.description
    },
    StudyColumn(column: .number("speed-up", priority: 1), applies: hasSpeedup) {
      $0.speedup.map { "\($0.fixed(2))x" } ?? ""
    },
    StudyColumn(column: .text("bound by")) { $0.estimate.mainStage?.bound.rawValue ?? "" },
    StudyColumn(column: .number("vision", priority: 4), applies: hasStages) { $0.seconds(of: .vision) },
    StudyColumn(column: .number("reduction", priority: 5), applies: hasStages) { $0.seconds(of: .reduction) },
    StudyColumn(column: .number("connector", priority: 6), applies: hasStages) { $0.seconds(of: .connector) },
    StudyColumn(column: .number("total", priority: 1), applies: hasStages) { $0.estimate.totalSeconds.description },
    StudyColumn(column: .number("work", priority: 4)) { ($0.estimate.mainStage?.flops ?? .zero).description },
    StudyColumn(column: .number("traffic", priority: 3)) {
      ($0.estimate.mainStage?.traffic.total ?? .zero).description
    },
    StudyColumn(column: .number("intensity", priority: 7)) {
      guard let intensity = $0.estimate.mainStage?.intensity.value, intensity.isFinite else { return "" }
      return intensity.fixed(0) + " FLOP/B"
    },
    StudyColumn(column: .number("ridge point", priority: 7)) { $0.estimate.ridgePoint.value.fixed(0) + " FLOP/B" },
    StudyColumn(column: .number("footprint", priority: 2)) { $0.estimate.footprint.total.description },
    StudyColumn(column: .text("fits", priority: 2)) { row in row.estimate.fits.map { $0 ? "yes" : "NO" } ?? "?" },
  ]

  @Sendable private static func hasLanguage(_ rows: [Study.Row]) -> Bool {
    rows.contains { $0.estimate.model.language != nil }
  }
  @Sendable private static func hasStages(_ rows: [Study.Row]) -> Bool {
    rows.contains { $0.estimate.model.vision != nil }
  }
  @Sendable private static func hasSpeedup(_ rows: [Study.Row]) -> Bool { rows.contains { $0.speedup != nil } }
}

extension Table {
  fileprivate init(_ columns: [StudyColumn], rows: [Study.Row]) {
    self.init(columns.map(\.column), rows: rows.map { row in columns.map { $0.text(row) } })
  }
}

extension Study.Row {
  fileprivate func seconds(of stage: Stage) -> String {
    estimate.stages.first { $0.stage == stage }.map { $0.seconds.description } ?? ""
  }
}

extension Estimate {
  /// The name of the reducer that ran, or nil without one.
  fileprivate var reducerName: String? { visualInput.reduction?.reducer.name }

  /// Tokens of one sequence in the first layer of the main stage.
  fileprivate var tokens: Int { model.language == nil ? model.vision?.encoder.tokens ?? 0 : workload.tokens }
}

extension Record {
  /// A row of a study, with the keys of schema `roofline/1`.
  fileprivate init(_ row: Study.Row) {
    let estimate = row.estimate
    let main = estimate.mainStage
    let traffic = main?.traffic ?? .zero
    let reduction = estimate.visualInput.reduction
    self.init([
      "model": .text(estimate.model.name),
      "hardware": .text(estimate.hardware.name),
      "precision": .text(estimate.precision.name),
      "accounting": .text(estimate.accounting.name),
      "kernels": .text(estimate.accounting.kernels?.rawValue),
      "reducer": .text(estimate.reducerName ?? "none"),
      "sample": .text(reduction?.sample),
      "visual_tokens": .number(estimate.visualTokens),
      "text_tokens": .number(estimate.workload.textTokens),
      "tokens": .number(estimate.tokens),
      "batch": .number(estimate.workload.batch),
      "parameters": .number(estimate.model.parameterCount),
      "flops": .number(main?.flops.value),
      "vector_flops": .number(main?.vectorFLOPs.value),
      "traffic_bytes": .number(traffic.total.value),
      "weight_bytes": .number(estimate.footprint.weights.value),
      "activation_read_bytes": .number(traffic.activationsRead.value),
      "activation_written_bytes": .number(traffic.activationsWritten.value),
      "kv_cache_bytes": .number(estimate.footprint.cache.value),
      "footprint_bytes": .number(estimate.footprint.total.value),
      "capacity_bytes": .number(estimate.hardware.capacity?.value.value),
      "fits": .boolean(estimate.fits),
      "prefill_seconds": .number(estimate.prefillSeconds.value),
      "expected_prefill_seconds": .number(estimate.expectedPrefillSeconds.value),
      "expected_low_seconds": .number(estimate.expectedPrefillRange.lowerBound.value),
      "expected_high_seconds": .number(estimate.expectedPrefillRange.upperBound.value),
      "expected_basis": .text(estimate.hardware.achieved.isEstimated ? "estimated" : "measured"),
      "bound": .text(main?.bound.rawValue),
      "speedup": .number(row.speedup),
      "note": .text(estimate.notes.isEmpty ? nil : estimate.notes.joined(separator: "; ")),
      "intensity": .number(main?.intensity.value),
      "ridge_point": .number(estimate.ridgePoint.value),
    ])
    guard estimate.model.vision != nil else { return }
    let stages = estimate.stages.map { stage in
      Record([
        "stage": .text(stage.stage.rawValue), "flops": .number(stage.flops.value),
        "traffic_bytes": .number(stage.traffic.total.value), "seconds": .number(stage.seconds.value),
        "expected_seconds": .number(stage.expectedSeconds.value),
      ])
    }
    fields.append(Field(key: "stages", value: .records(stages)))
    fields.append(Field(key: "total_seconds", value: .number(estimate.totalSeconds.value)))
    fields.append(Field(key: "expected_total_seconds", value: .number(estimate.expectedTotalSeconds.value)))
  }
}

extension Estimate {
  /// The ridge point of the precision's own products on the device.
  fileprivate var ridgePoint: Intensity {
    let products = mainStage?.operators.first { $0.cost.flops > .zero }
    return products?.ridgePoint ?? hardware.ridgePoint(precision.format)
  }
}
