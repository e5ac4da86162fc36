internal import Documents
internal import Estimation
internal import Hardware
internal import Quantities
package import Validation

extension Report {
  /// The errors of engines' times by class; with the `worst` runs listed one by one.
  package init(_ validation: EngineValidation, worst: Int = 0) {
    let (farthest, suspects) = (validation.worst(worst), validation.suspects)
    var tables = [Self.errors(validation)]
    if worst > 0 {
      tables.append(Self.runs(farthest, caption: "The rows that are farthest off"))
      if !suspects.isEmpty {
        tables.append(Self.runs(Array(suspects.prefix(worst)), caption: "Faster than ideal: suspect"))
      }
    }
    let shown = validation.unknown.prefix(20).map(\.message)
    let more = validation.unknown.count - shown.count
    self.init(
      headings: ["Predicted against measured times of engines: \(validation.file)"], tables: tables,
      notes: [
        Self.sum(validation),
        "errors are shares of the measured time; a bias above zero means that predictions are too long; spread: how far times "
          + "of the same model, lengths and device lie from their median, whoever measured them",
      ] + shown + (more > 0 ? ["and \(more) names more"] : []) + validation.omissions,
      records: validation.groups.map(OutputRecord.init))
    details = [
      .init(key: "suspect", value: .number(suspects.count)),
      .init(key: "unknown", value: .records(validation.unknown.map(OutputRecord.init))),
    ]
    if worst > 0 {
      listed = farthest.map(OutputRecord.init)
      details.append(.init(key: "worst", value: .records(listed ?? [])))
      details.append(.init(key: "suspects", value: .records(suspects.prefix(worst).map(OutputRecord.init))))
    }
  }

  /// All rows together, in words.
  package static func sum(_ validation: EngineValidation) -> String {
    let errors = validation.errors
    return
      "\(errors.count) times: median error \(errors.median.percent), 90 % within \(errors.percentile90.percent), bias "
      + "\(errors.bias.signedPercent); \(validation.suspects.count) faster than ideal"
  }

  /// The errors of each class.
  package static func errors(_ validation: EngineValidation) -> ReportTable {
    ReportTable(
      [
        .text("devices"), .text("engines"), .text("phase"), .number("bits"), .number("rows"),
        .number("sources", priority: 1), .number("median"), .number("90 %"), .number("bias"), .number("spread"),
        .number("in range"),
      ],
      rows: validation.groups.map { group in
        let kind = group.engineClass
        return [
          kind?.devices.rawValue ?? "", kind?.kind.rawValue ?? "kernels alone", kind?.phase.rawValue ?? "",
          kind.map { "\($0.bits)" } ?? "", "\(group.runs.count)", "\(group.sources.count)",
          group.errors.median.percent, group.errors.percentile90.percent, group.errors.bias.signedPercent,
          group.spread?.percent ?? "", group.interval == nil ? "" : "\(group.inside)",
        ]
      })
  }

  /// Runs one by one.
  package static func runs(_ runs: [EngineRun], caption: String) -> ReportTable {
    ReportTable(
      [
        .number("line"), .text("hardware"), .text("engine"), .text("precision"), .text("phase"), .text("what"),
        .number("measured"), .number("ideal"), .number("expected"), .number("error"), .text("source", priority: 1),
      ],
      caption: caption,
      rows: runs.map { run in
        [
          "\(run.line)", run.hardware, run.engine, run.precision, run.phase.rawValue, run.shape,
          run.measured.description, run.ideal.description, run.expected.description, (run.ratio - 1).signedPercent,
          run.source,
        ]
      })
  }
}

extension OutputRecord {
  fileprivate init(_ group: EngineValidation.Group) {
    let kind = group.engineClass
    self.init([
      "devices": .text(kind?.devices.rawValue), "engines": .text(kind?.kind.rawValue),
      "phase": .text(kind?.phase.rawValue), "weight_bits": .number(kind.map { Double($0.bits) }),
      "count": .number(group.runs.count), "sources": .number(group.sources.count),
      "expected_median_ape": .number(group.errors.median), "expected_p90_ape": .number(group.errors.percentile90),
      "expected_bias": .number(group.errors.bias), "repeated_spread": .number(group.spread),
      "range_low": .number(group.interval?.share.lowerBound), "range_high": .number(group.interval?.share.upperBound),
      "range_rows": .number(group.interval.map { Double($0.rows) }),
      "in_range": .number(group.interval.map { _ in Double(group.inside) }),
    ])
  }

  fileprivate init(_ name: UnknownName) {
    self.init(["kind": .text(name.kind), "name": .text(name.name), "rows": .number(name.rows)])
  }

  fileprivate init(_ run: EngineRun) {
    self.init([
      "line": .number(run.line), "hardware": .text(run.hardware), "engine": .text(run.engine),
      "precision": .text(run.precision), "phase": .text(run.phase.rawValue), "model": .text(run.model),
      "sizes": .text(run.shape), "measured_seconds": .number(run.measured.value),
      "ideal_seconds": .number(run.ideal.value), "expected_seconds": .number(run.expected.value),
      "source": .text(run.source),
    ])
  }
}
