internal import Architectures
internal import Documents
internal import Estimation
internal import Hardware
internal import Operators
internal import Quantities
internal import Questions

extension Report {
  /// The operators of the same request on several devices side by side: the expected time of all occurrences on each, and
  /// its share of that device's total.
  static func operatorsSideBySide(of estimates: [Estimate], step: Int?) -> Report {
    let devices = estimates.map { parts(of: $0, step: step) }
    guard let first = estimates.first, let parts = devices.first else {
      return Report(headings: [], table: Table([], rows: []), records: [])
    }
    let heads: [Table.Column] =
      [.text("stage"), .text("operator"), .number("repeat")]
      + estimates.flatMap { [.number($0.hardware.name), .number("share"), .text("bound by", priority: 2)] }
    var rows: [[String]] = []
    var totals: [[String]] = []
    for (index, part) in parts.enumerated() {
      let columns = devices.map { $0[index] }
      for (row, entry) in part.operators.enumerated() {
        rows.append(
          [entry.0.rawValue, entry.1.operation.name.description, "\(entry.1.operation.repeatCount)"]
            + columns.flatMap { cells($0.operators[row].1, of: $0.expected) })
      }
      totals.append(part.label + [""] + columns.flatMap { [$0.expected.description, "100 %", ""] })
    }
    let tokens = "\(first.visualTokens) visual and \(first.workload.textTokens) text tokens"
    var report = Report(
      headings: [
        "\(first.model.title) on \(estimates.count) devices, \(first.precision.name)",
        "\(tokens), batch \(first.workload.batch); expected times of all occurrences; \(first.accounting.name) accounting",
      ],
      table: Table(heads, rows: rows + totals, totals: totals.count),
      notes: RowSubjects(estimates).notes(estimates.map(\.notes)) + basis(estimates), records: [])
    for (estimate, parts) in zip(estimates, devices) {
      for part in parts {
        for (stage, entry) in part.operators {
          var record = record(stage, entry)
          record.fields.insert(.init(key: "hardware", value: .text(estimate.hardware.name)), at: 0)
          record.fields.append(.init(key: "expected_share", value: .number(share(entry, of: part.expected))))
          report.records.append(record)
        }
      }
    }
    return report
  }

  private static func cells(_ entry: OperatorEstimate, of total: Seconds) -> [String] {
    [
      (entry.expected * entry.repeatCount).description, "\((100 * share(entry, of: total)).fixed(1)) %",
      entry.time.bound.rawValue,
    ]
  }

  private static func share(_ entry: OperatorEstimate, of total: Seconds) -> Double {
    total > .zero ? entry.expected * entry.repeatCount / total : 0
  }
}
