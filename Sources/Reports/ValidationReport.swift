internal import Documents
internal import Quantities
package import Validation

extension Report {
  /// The errors of a validation by device, operator and precision; with its `worst` rows listed one by one, and as many
  /// of those that are faster than the bound.
  package init(_ validation: Validation, worst: Int = 0) {
    let all = validation.suspects
    let (farthest, suspects) = (validation.worst(worst), Array(all.prefix(max(0, worst))))
    var tables = [Self.errors(validation)]
    if worst > 0 {
      tables.append(Self.rows(farthest, caption: "The rows that are farthest off"))
      if !suspects.isEmpty { tables.append(Self.rows(suspects, caption: "Faster than ideal: suspect")) }
    }
    self.init(
      headings: ["Predicted against measured times: \(validation.file)"], tables: tables,
      notes: Self.notes(validation, all), records: validation.groups.map(OutputRecord.init))
    details = [.init(key: "suspect", value: .number(all.count))]
    if worst > 0 {
      listed = farthest.map(OutputRecord.init)
      details.append(.init(key: "worst", value: .records(listed ?? [])))
      details.append(.init(key: "suspects", value: .records(suspects.map(OutputRecord.init))))
    }
  }

  private static func notes(_ validation: Validation, _ suspects: [Measurement]) -> [String] {
    var notes = ["errors are shares of the measured time; a bias above zero means that predictions are too long"]
    if !suspects.isEmpty {
      notes.append(
        "\(suspects.count) of \(validation.measurements.count) rows are suspect, faster than the bound: operands stayed "
          + "in the cache, a coarse clock, or a slip (lines \(suspects.prefix(5).map { "\($0.line)" }.joined(separator: ", "))"
          + "\(suspects.count > 5 ? " ..." : "")); --worst lists them")
    }
    return notes + validation.omissions
  }

  /// The errors of each device, operator and precision.
  package static func errors(_ validation: Validation) -> ReportTable {
    ReportTable(
      [
        .text("hardware"), .text("operator"), .text("precision"), .number("rows"), .number("suspect", priority: 3),
        .number("ideal median", priority: 1), .number("90 %", priority: 2), .number("bias", priority: 2),
        .number("expected median"), .number("90 %"), .number("bias"),
      ],
      rows: validation.groups.map { group in
        [
          group.hardware, group.kind, group.precision, "\(group.measurements.count)",
          "\(group.measurements.count(where: \.isSuspect))", group.ideal.median.percent,
          group.ideal.percentile90.percent, group.ideal.bias.signedPercent, group.expected.median.percent,
          group.expected.percentile90.percent, group.expected.bias.signedPercent,
        ]
      })
  }

  /// Rows one by one.
  package static func rows(_ measurements: [Measurement], caption: String) -> ReportTable {
    ReportTable(
      [
        .number("line"), .text("hardware"), .text("operator"), .text("precision"), .text("sizes"),
        .number("measured"), .number("ideal"), .number("expected"), .number("error"), .text("source", priority: 1),
      ],
      caption: caption,
      rows: measurements.map { row in
        [
          "\(row.line)", row.hardware, row.kind, row.precision, row.shape, row.measured.description,
          row.ideal.description, row.expected.description, (row.expectedRatio - 1).signedPercent, row.source,
        ]
      })
  }
}

extension OutputRecord {
  fileprivate init(_ group: Validation.Group) {
    self.init([
      "hardware": .text(group.hardware), "operator": .text(group.kind), "precision": .text(group.precision),
      "count": .number(group.measurements.count), "ideal_median_ape": .number(group.ideal.median),
      "ideal_p90_ape": .number(group.ideal.percentile90), "ideal_bias": .number(group.ideal.bias),
      "expected_median_ape": .number(group.expected.median),
      "expected_p90_ape": .number(group.expected.percentile90), "expected_bias": .number(group.expected.bias),
    ])
  }

  /// A row of the file; of whole models with what was run.
  fileprivate init(_ row: Measurement) {
    self.init([
      "line": .number(row.line), "hardware": .text(row.hardware), "operator": .text(row.kind),
      "precision": .text(row.precision), "sizes": .text(row.shape), "measured_seconds": .number(row.measured.value),
      "ideal_seconds": .number(row.ideal.value), "expected_seconds": .number(row.expected.value),
      "source": .text(row.source),
    ])
    guard let batch = row.batch else { return }
    let model: KeyValuePairs<String, OutputValue> = [
      "model": .text(row.unit), "batch": .number(batch), "tokens": .number(row.rows), "devices": .number(row.devices),
    ]
    fields += OutputRecord(model).fields
  }
}

extension Double {
  /// As in `5.4 %`.
  package var percent: String { "\((self * 100).fixed(1)) %" }
  /// As in `+5.4 %`.
  package var signedPercent: String { (self < 0 ? "" : "+") + percent }
}
