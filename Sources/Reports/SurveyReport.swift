package import Documents
internal import Architectures
internal import Estimation
internal import Hardware
internal import Operators
internal import Questions
package import Photographs
internal import Quantities

extension Report {
  /// What many pictures leave and cost, as distributions over them.
  ///
  /// - Parameters:
  ///   - encoder: what looked at them, if anything did.
  ///   - notes: what the user should know of it.
  package init(_ summary: SurveySummary, _ tally: ImageRun.Tally, encoder: String?, notes: [String] = []) {
    self.init(
      headings: summary.headings(tally, encoder: encoder),
      tables: [summary.tokensTable, summary.timesTable] + (summary.requestTable.map { [$0] } ?? []),
      notes: notes + summary.sentences + Self.basis(summary.rows.map(\.first)),
      records: summary.records)
  }
}

extension ImageRun.Tally {
  /// How many pictures came out how: `197 of 200 images, 3 skipped`.
  package var sentence: String {
    let skipped = failed > 0 ? ", \(failed) skipped" : ""
    return "\(finished) of \(total) images\(skipped)\(isInterrupted ? ", interrupted" : "")"
  }

  /// The same for machines.
  package var record: OutputRecord {
    OutputRecord([
      "images": .number(total), "finished": .number(finished), "skipped": .number(failed),
      "interrupted": .boolean(isInterrupted),
    ])
  }
}

extension SurveySummary {
  fileprivate func headings(_ tally: ImageRun.Tally, encoder: String?) -> [String] {
    guard let first = rows.first?.first else { return [] }
    let kernels = first.accounting.kernels.map { ", \($0.rawValue) kernels" } ?? ""
    let work =
      first.model.language == nil ? "one forward pass" : "prefill with \(first.workload.textTokens) text tokens"
    return [
      "\(first.model.title) on \(Report.place(of: rows.map(\.first)))",
      "\(work), batch \(first.workload.batch); ideal and expected times; \(first.accounting.name) accounting\(kernels)",
      tally.sentence + (encoder.map { ", encoded by \($0)" } ?? "; only their sizes matter"),
    ]
  }

  /// The tokens of each reducer; devices and precisions do not change them.
  fileprivate var tokensTable: ReportTable {
    var seen: Set<String> = []
    return ReportTable(
      [.text("reducer")] + Distribution.shares.map { .number($0.heading) }, caption: "Visual tokens",
      rows: rows.filter { seen.insert($0.name).inserted }.map { row in
        [row.name] + Distribution.shares.map { $0.value(row.tokens).counted }
      })
  }

  /// What tells one row from another.
  private var identity: [(column: ReportTable.Column, text: (Row) -> String)] {
    let names = ["precision", "reducer"]
    let columns = Column.all.filter { column in
      guard column.isAsked, column.key != "visual_tokens" else { return false }
      return names.contains(column.key) || Set(rows.map { column.cell($0) }).count > 1
    }
    return columns.map { column in (column.heading(priority: 0), { column.cell($0) }) }
  }

  /// The mean times of whole requests; nil if nothing is generated.
  fileprivate var requestTable: ReportTable? {
    guard let first = rows.first?.first, first.request != nil else { return nil }
    var columns = identity
    func add(_ heading: String, priority: Int, _ time: @escaping (RequestTimes) -> Distribution) {
      columns.append((.number(heading, priority: priority), { Seconds(time($0.request).mean).description }))
      columns.append(
        (.number("expected \(heading)", priority: 1), { Seconds(time($0.expectedRequest).mean).description }))
    }
    add("first token", priority: 4, \.firstToken)
    add("per token", priority: 3, \.perToken)
    add("request", priority: 5, \.whole)
    let steps = first.workload.outputTokens
    return ReportTable(
      columns.map(\.column),
      caption: "Whole request, means over the pictures: \(steps) output token\(steps == 1 ? "" : "s") per sequence",
      rows: rows.map { row in columns.map { $0.text(row) } })
  }

  fileprivate var timesTable: ReportTable {
    let hasTotal = rows.contains { $0.first.stages.count > 1 }
    let hasReducer = rows.contains { baseline(of: $0) != nil }
    var columns = identity
    for share in Distribution.shares {
      columns.append((.number(share.heading), { Seconds(share.value($0.prefill)).description }))
    }
    columns.append((.number("expected", priority: 2), { Seconds($0.expectedPrefill.mean).description }))
    if hasReducer { columns.append((.number("speed-up", priority: 1), { factor($0, \.prefill) })) }
    if hasTotal {
      columns.append((.number("total", priority: 3), { Seconds($0.total.mean).description }))
      if hasReducer { columns.append((.number("total speed-up", priority: 4), { factor($0, \.total) })) }
    }
    columns.append((.number("footprint", priority: 5), { Bytes($0.footprint).description }))
    columns.append((.text("fits", priority: 1), { $0.fits(of: count) }))
    return ReportTable(
      columns.map(\.column), caption: "Prefill time (speed-up, expected\(hasTotal ? " and total" : ""): of the means)",
      rows: rows.map { row in columns.map { $0.text(row) } })
  }

  private func factor(_ row: Row, _ time: (Row) -> Distribution) -> String {
    speedup(row, time).map { "\($0.fixed(2))x" } ?? ""
  }

  /// What percentiles are, and the notes, with the number of pictures that they are about where it is not all.
  fileprivate var sentences: [String] {
    let all = notes.sorted { ($1.value.images, $0.key) < ($0.value.images, $1.key) }
    let subjects = RowSubjects(rows.map(\.first))
    let shown = all.prefix(12).map { note, about in
      var concerned = about.images == count ? [] : ["\(about.images) of \(count) images"]
      let rows = about.rows.isEmpty ? "" : subjects.subject(of: about.rows.sorted())
      if !rows.isEmpty { concerned.append(rows) }
      return concerned.isEmpty ? note : "\(concerned.joined(separator: ", ")): \(note)"
    }
    let hidden = all.count > 12 ? ["\(all.count - 12) more notes in the rows (--output FILE.csv or FILE.json)"] : []
    return [Distribution.percentileNote] + shown + hidden
  }

  fileprivate var records: [OutputRecord] {
    rows.map { row in
      var record = OutputRecord([
        "model": .text(row.first.model.name), "hardware": .text(row.first.hardware.name),
        "precision": .text(row.first.precision.name), "reducer": .text(row.name), "images": .number(row.tokens.count),
      ])
      let parts: [(String, Distribution)] = [
        ("visual_tokens", row.tokens), ("mean_visual_tokens", row.meanTokens), ("prefill_seconds", row.prefill),
        ("expected_prefill_seconds", row.expectedPrefill), ("total_seconds", row.total),
        ("time_to_first_token_seconds", row.request.firstToken),
        ("time_per_output_token_seconds", row.request.perToken), ("request_seconds", row.request.whole),
        ("expected_time_to_first_token_seconds", row.expectedRequest.firstToken),
        ("expected_time_per_output_token_seconds", row.expectedRequest.perToken),
        ("expected_request_seconds", row.expectedRequest.whole),
      ].filter { $0.1.count > 0 }
      for (name, distribution) in parts {
        for share in Distribution.shares {
          record.fields.append(
            .init(key: "\(name)_\(share.heading)", value: .number(share.value(distribution))))
        }
      }
      record.fields.append(.init(key: "speedup", value: .number(speedup(row, \.prefill))))
      record.fields.append(.init(key: "total_speedup", value: .number(speedup(row, \.total))))
      record.fields.append(.init(key: "misfits", value: .number(row.misfits.map { Double($0) })))
      return record
    }
  }
}

extension Questions.Column {
  /// What the row of a summary holds, for people.
  fileprivate func cell(_ row: SurveySummary.Row) -> String {
    var figures = RowFigures(Study.Row(estimate: row.first, baseline: nil))
    return cell(&figures)
  }
}

extension SurveySummary.Row {
  /// The name of the reducer, or `none`.
  fileprivate var name: String { first.reducerName ?? "none" }

  /// Whether the requests fit, or how many do not.
  fileprivate func fits(of count: Int) -> String {
    guard let misfits else { return "?" }
    return misfits == 0 ? "yes" : misfits == count ? "NO" : "NO: \(misfits)"
  }
}
