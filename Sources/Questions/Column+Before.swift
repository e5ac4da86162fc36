internal import Documents

extension Column {
  /// The keys of what is compared with the answer to the same question that was given before.
  public static let compared = [
    "expected_total_seconds", "expected_time_per_output_token_seconds", "expected_request_seconds", "footprint_bytes",
  ]

  /// The figures of the answer before, and by how much they changed; of rows that were asked for before, too.
  public static let before: [Column] = compared.flatMap { key -> [Column] in
    guard let column = all.first(where: { $0.key == key }) else { return [] }
    @Sendable func before(_ figures: RowFigures) -> Double? {
      guard case .number(let number)? = figures.before?.fields.first(where: { $0.key == key })?.value else {
        return nil
      }
      return number
    }
    return [
      Column("baseline_\(key)", "\(column.heading) before", column.kind, "\(column.about), in the answer before") {
        .number(before($0))
      },
      Column(
        "change_\(key)", "\(column.heading) change", .share,
        "by which share of the figure before it grew: \(column.about)"
      ) {
        figures in
        guard case .number(let now) = column.value(of: &figures), let before = before(figures), before != 0 else {
          return .null
        }
        return .number((now - before) / before)
      },
    ]
  }
}
