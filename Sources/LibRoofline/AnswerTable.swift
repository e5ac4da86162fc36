internal import RooflineKit

/// Rows as columns in memory, for the caller to read where they lie.
final class AnswerTable: Sendable {
  let columns: [ColumnMemory]
  let rows: Int
  /// What was left out, one sentence each.
  let omissions: [String]
  /// What the program's JSON has beside the rows.
  let details: OutputRecord
  /// Whether somebody stopped it.
  let isStopped: Bool

  /// The rows of an answer.
  ///
  /// - Throws: `Diagnostic` if there are none.
  init(_ answer: Answer, _ columns: [Column], _ stop: Stop) throws(Diagnostic) {
    let builders = columns.map { ColumnBuilder($0.key, ColumnBuilder.Form($0.kind)) }
    let forms = builders.map(\.form)
    let tally = try answer.forEach(Answer.Watch(isStopped: { stop.isAsked() })) { rows in
      columns.indices.map { place in
        var part = ColumnPart(forms[place], capacity: rows.count)
        for row in rows.indices { part.append(columns[place].value(of: &rows[row])) }
        return part
      }
    } deliver: { parts throws(Diagnostic) in
      for (builder, part) in zip(builders, parts) { builder.append(part) }
    }
    rows = tally.rows
    self.columns = builders.map { $0.finished() }
    omissions =
      tally.omissions.map { "\($0.rows) row\($0.rows == 1 ? "" : "s") left out: \($0.message)" }
      + answer.study.omissions.map { "left out: \($0)" }
    details = OutputRecord([:])
    isStopped = tally.isInterrupted
  }

  /// The records of a report.
  init(_ report: Report, omissions: [String] = [], isStopped: Bool = false) {
    let keys = report.records.first?.fields.map(\.key) ?? []
    columns = keys.enumerated().map { place, key in
      // Records of one report have the same keys, mostly in one order.
      let values = report.records.map { record in
        if place < record.fields.count, record.fields[place].key == key { return record.fields[place].value }
        return record.fields.first { $0.key == key }?.value ?? .null
      }
      let builder = ColumnBuilder(key, ColumnBuilder.Form(of: values))
      var part = ColumnPart(builder.form, capacity: values.count)
      for value in values { part.append(value) }
      builder.append(part)
      return builder.finished()
    }
    rows = report.records.count
    self.omissions = omissions
    var details = OutputRecord([:])
    for total in report.totals { details.fields.append(.init(key: total.key, value: .record(total.record))) }
    details.fields += report.details
    details.fields.append(.init(key: "notes", value: .list(report.notes.map { .text($0) })))
    self.details = details
    self.isStopped = isStopped
  }
}
