internal import Documents
internal import Quantities
package import Validation

extension Report {
  /// The errors of predicted pools by engine and device; with the `worst` runs listed one by one.
  package init(_ validation: MemoryValidation, worst: Int = 0) {
    let farthest = validation.worst(worst)
    self.init(
      headings: ["Predicted against reported pools of caches: \(validation.file)"],
      tables: [Self.errors(validation)] + (farthest.isEmpty ? [] : [Self.runs(farthest)]),
      notes: [
        "errors are shares of the reported figure; a bias above zero means that predictions are too large",
        "pools that several runs report are counted once; \"told rightly\" counts runs that started and fit, or did neither",
      ] + validation.omissions,
      records: validation.groups.map(OutputRecord.init))
    if worst > 0 {
      listed = farthest.map(OutputRecord.init)
      details = [.init(key: "worst", value: .records(listed ?? []))]
    }
  }

  package static func errors(_ validation: MemoryValidation) -> ReportTable {
    ReportTable(
      [
        .text("engine"), .text("hardware"), .number("runs"), .number("told rightly"), .number("pools"),
        .number("median"), .number("90 %"), .number("bias"), .number("tokens printed", priority: 1),
        .number("median", priority: 1),
      ],
      rows: validation.groups.map { group in
        let (pools, tokens) = (group.pools, group.tokens)
        return [
          group.engine, group.hardware, "\(group.runs)", "\(group.toldRightly)", "\(pools.count)",
          pools.count > 0 ? pools.median.percent : "", pools.count > 0 ? pools.percentile90.percent : "",
          pools.count > 0 ? pools.bias.signedPercent : "", "\(tokens.count)",
          tokens.count > 0 ? tokens.median.percent : "",
        ]
      })
  }

  package static func runs(_ runs: [MemoryRun]) -> ReportTable {
    ReportTable(
      [
        .number("line"), .text("model"), .text("engine"), .text("hardware"), .number("reported"),
        .number("predicted"), .number("error"),
      ], caption: "The runs that are farthest off",
      rows: runs.map { run in
        [
          "\(run.line)", run.model, run.engine, run.hardware, Bytes(run.measuredPool ?? 0).description,
          Bytes(run.pool).description, ((run.poolRatio ?? 1) - 1).signedPercent,
        ]
      })
  }
}

extension OutputRecord {
  fileprivate init(_ group: MemoryValidation.Group) {
    self.init([
      "engine": .text(group.engine), "hardware": .text(group.hardware), "runs": .number(group.runs),
      "told_rightly": .number(group.toldRightly), "pools": .number(group.pools.count),
      "pool_median": .number(group.pools.median), "pool_percentile_90": .number(group.pools.percentile90),
      "pool_bias": .number(group.pools.bias), "tokens": .number(group.tokens.count),
      "token_median": .number(group.tokens.median),
    ])
  }

  fileprivate init(_ run: MemoryRun) {
    self.init([
      "line": .number(run.line), "model": .text(run.model), "hardware": .text(run.hardware),
      "engine": .text(run.engine), "pool_bytes": .number(run.pool), "measured_pool_bytes": .number(run.measuredPool),
      "tokens": .number(run.tokens.map(Double.init)), "measured_tokens": .number(run.measuredTokens),
      "fits": .boolean(run.fits), "started": .boolean(run.started),
    ])
  }
}
