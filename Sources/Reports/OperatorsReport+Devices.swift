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
      return Report(headings: [], table: ReportTable([], rows: []), records: [])
    }
    let heads: [ReportTable.Column] =
      [.text("stage"), .text("operator"), .number("repeat")]
      + estimates.flatMap { [.number($0.hardware.name), .number("share"), .text("bound by", priority: 2)] }
    var rows: [[String]] = []
    var totals: [[String]] = []
    for (index, part) in parts.enumerated() {
      let columns = devices.map { NamedOperators($0[index]) }
      // Devices may do the same work in different ways.
      for key in NamedOperators.keys(of: columns) {
        let entries = columns.map { $0.entries[key] }
        guard let known = entries.lazy.compactMap({ $0 }).first else { continue }
        rows.append(
          [known.stage.rawValue, known.entry.operation.name.description, "\(known.entry.operation.repeatCount)"]
            + zip(entries, devices).flatMap { entry, device in
              entry.map { cells($0.entry, of: device[index].sums) } ?? ["", "", ""]
            })
      }
      totals.append(part.label + [""] + devices.flatMap { [$0[index].sums.expected.description, "100 %", ""] })
    }
    let tokens = "\(first.visualTokens) visual and \(first.workload.textTokens) text tokens"
    var report = Report(
      headings: [
        "\(first.model.title) on \(estimates.count) devices, \(first.precision.name)",
        "\(tokens), batch \(first.workload.batch); expected times of all occurrences; \(first.accounting.name) accounting",
      ],
      table: ReportTable(heads, rows: rows + totals, totals: totals.count),
      notes: hostNotes(estimates) + RowSubjects(estimates).notes(estimates.map(\.notes)) + basis(estimates), records: []
    )
    report.records = zip(estimates, devices).flatMap { estimate, parts in parts.flatMap { records($0, on: estimate) } }
    return report
  }

  private static func records(_ part: OperatorTotals, on estimate: Estimate) -> [OutputRecord] {
    part.operators.map { stage, entry in
      var record = record(stage, entry)
      record.fields.insert(.init(key: "hardware", value: .text(estimate.hardware.name)), at: 0)
      record.fields.append(.init(key: "expected_share", value: .number(part.sums.expectedShare(of: entry))))
      return record
    }
  }

  private static func cells(_ entry: OperatorEstimate, of totals: StageTotals) -> [String] {
    [entry.expectedOfAll.description, totals.expectedShare(of: entry).percent, entry.time.bound.rawValue]
  }
}

/// The operators of a device by stage and name, those of one name in their order.
private struct NamedOperators {
  struct Key: Hashable {
    var stage: Stage
    var name: String
    var number: Int
  }

  private(set) var keys: [Key] = []
  private(set) var entries: [Key: (stage: Stage, entry: OperatorEstimate)] = [:]

  init(_ totals: OperatorTotals) {
    var numbers: [String: Int] = [:]
    for (stage, entry) in totals.operators {
      let name = entry.operation.name.description
      let number = numbers["\(stage) \(name)", default: 0]
      numbers["\(stage) \(name)"] = number + 1
      let key = Key(stage: stage, name: name, number: number)
      keys.append(key)
      entries[key] = (stage, entry)
    }
  }

  /// The keys of all devices: each behind the one that stands before it on its device.
  static func keys(of all: [NamedOperators]) -> [Key] {
    var keys: [Key] = []
    for device in all {
      var place = 0
      for key in device.keys {
        if let index = keys.firstIndex(of: key) {
          place = index + 1
        } else {
          keys.insert(key, at: place)
          place += 1
        }
      }
    }
    return keys
  }
}
