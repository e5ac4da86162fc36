internal import Architectures
internal import Documents
internal import Estimation
internal import Questions
internal import Serving

/// Which columns a table for people has: what tells its rows apart, what was asked for by name, and a few figures.
struct StudyTable {
  private let columns: [Questions.Column]
  private let heads: [ReportTable.Column]

  /// The columns for some rows. `summary` is of all rows, `chosen` are wanted by name, `named` by an order or a condition, `extra` go first where a
  /// terminal is narrow.
  init(
    _ rows: inout [RowFigures], _ summary: AnswerSummary, chosen: [Questions.Column], named: [Questions.Column],
    extra: [Questions.Column] = []
  ) {
    var columns: [Questions.Column] = []
    var heads: [ReportTable.Column] = []
    func add(_ column: Questions.Column, priority: Int) {
      guard !columns.contains(column) else { return }
      columns.append(column)
      heads.append(column.heading(priority: priority))
    }
    // What does not tell rows apart stands above the table.
    if named.contains(Column.rank) { add(Column.rank, priority: 0) }
    for column in summary.asked where summary.differing.contains(column) { add(column, priority: 0) }
    for column in chosen { add(column, priority: 0) }
    let hasLanguage = rows.contains { $0.estimate.model.language != nil }
    if chosen.isEmpty {
      // All stages until the first token are the time to it; the answer before may lack what is asked now.
      for column in named where column.key != "expected_total_seconds" || !hasLanguage {
        if column.isAsked || Self.isKnown(column, &rows) { add(column, priority: 0) }
      }
    }
    if chosen.isEmpty {
      let isLoad = rows.contains { $0.load != nil }
      let known = isLoad ? Questions.Column.load : Questions.Column.all
      for (key, priority) in isLoad ? Self.loadFigures(&rows) : Self.figures(rows) {
        known.first { $0.key == key }.map { add($0, priority: priority) }
      }
    }
    for column in extra where Self.isKnown(column, &rows) { add(column, priority: 5) }
    (self.columns, self.heads) = (columns, heads)
  }

  private static func isKnown(_ column: Questions.Column, _ rows: inout [RowFigures]) -> Bool {
    rows.indices.contains { column.value(of: &rows[$0]) != .null }
  }

  /// The figures that are shown unasked, and how long they stay where a terminal is narrow: 0 is always.
  private static func figures(_ rows: [RowFigures]) -> [(String, Int)] {
    let isCompared = rows.contains { $0.row.baseline != nil }
    if rows.contains(where: { $0.estimate.workload.outputTokens > 0 }) {
      let isPriced = rows.contains { $0.estimate.serving.pricePerHour != nil }
      return [
        ("expected_time_to_first_token_seconds", 0), ("expected_time_per_output_token_seconds", 0),
        ("expected_tokens_per_second", 0), ("expected_request_seconds", 2),
      ] + (isCompared ? [("expected_request_speedup", 3)] : [])
        + (isPriced ? [("expected_cost_per_million_tokens", 0)] : []) + [("footprint_bytes", 3), ("fits", 1)]
    }
    let hasLanguage = rows.contains { $0.estimate.model.language != nil }
    let times =
      hasLanguage
      ? [("expected_time_to_first_token_seconds", 0), ("time_to_first_token_seconds", 4)]
      : [("expected_total_seconds", 0), ("total_seconds", 4)]
    return [times[0]] + (isCompared ? [("expected_total_speedup", 1)] : []) + [
      times[1], ("bound", 3), ("footprint_bytes", 2), ("fits", 1),
    ]
  }

  /// The figures of fleets that are shown unasked, of those that are there.
  private static func loadFigures(_ rows: inout [RowFigures]) -> [(String, Int)] {
    let loads = rows.compactMap(\.load)
    let hasTargets = loads.contains { $0.figures.good < $0.figures.requests }
    let isPriced = loads.contains { $0.costPerMillionTokens != nil }
    let preempts = loads.contains { $0.result.preemptions > 0 }
    return [
      ("load", 0), ("ttft_mean_seconds", 0), ("ttft_p95_seconds", 1), ("tpot_mean_seconds", 0), ("tpot_p95_seconds", 2),
      ("e2e_mean_seconds", 3), ("output_tokens_per_second", 0), ("requests_per_second", 1),
    ] + (hasTargets ? [("goodput_requests_per_second", 0)] : []) + [
      ("queue_mean", 4), ("running_mean", 4), ("kv_used_share", 5),
    ] + (preempts ? [("preemptions", 4)] : []) + (isPriced ? [("cost_per_million_tokens", 1)] : [])
  }

  /// The table of some rows.
  func table(_ rows: inout [RowFigures]) -> ReportTable {
    var cells: [[String]] = []
    for index in rows.indices { cells.append(columns.map { $0.cell(&rows[index]) }) }
    return ReportTable(heads, rows: cells)
  }

  /// The same cells for machines.
  func figures(_ rows: inout [RowFigures]) -> ReportTable.Figures {
    var values: [[OutputValue]] = []
    for index in rows.indices { values.append(columns.map { $0.value(of: &rows[index]) }) }
    return ReportTable.Figures(keys: columns.map(\.key), rows: values)
  }
}
