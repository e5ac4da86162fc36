internal import Documents
package import Photographs
internal import Charts
internal import Quantities

extension Report {
  /// What a reducer left of many pictures, as a distribution over them.
  package init(_ summary: ReductionSummary, _ tally: ImageRun.Tally, encoder: String) {
    let shares = Distribution.shares
    let mean = summary.meanSeconds
    let numbers = shares.map { $0.value(summary.tokens) }
    self.init(
      headings: ["\(summary.reducer) on \(tally.sentence), encoded by \(encoder)"],
      table: ReportTable(
        [.text("reducer"), .number("tokens before")] + shares.map { .number($0.heading) } + [.number("time")],
        rows: [
          [summary.reducer, summary.patches.map { "\($0)" } ?? ""] + numbers.map(\.counted) + [mean.description]
        ]),
      notes: [Distribution.percentileNote],
      records: [
        OutputRecord(
          tokens: numbers, headings: shares.map(\.heading), reducer: summary.reducer, images: summary.tokens.count,
          seconds: mean.value)
      ])
    charts = Chart.tokens([(summary.reducer, summary.tokens)], title: headings[0])
  }
}

extension OutputRecord {
  fileprivate init(tokens: [Double], headings: [String], reducer: String, images: Int, seconds: Double) {
    self.init(["reducer": .text(reducer), "images": .number(images)])
    for (heading, number) in zip(headings, tokens) {
      fields.append(Field(key: "tokens_after_\(heading)", value: .number(number)))
    }
    fields.append(Field(key: "seconds_mean", value: .number(seconds)))
  }
}

extension Distribution {
  /// What reports show of a distribution.
  static let shares: [(heading: String, value: @Sendable (Distribution) -> Double)] = [
    ("mean", { $0.mean }), ("p50", { $0.percentile(0.5) }), ("p95", { $0.percentile(0.95) }), ("min", { $0.min }),
    ("max", { $0.max }),
  ]

  /// What the percentiles are.
  static let percentileNote =
    "p50 and p95: so many percent of the images lie below, interpolated linearly between two"
}

extension Double {
  /// A number of tokens: whole, or with one decimal.
  var counted: String { self == rounded() ? shortest : fixed(1) }
}
