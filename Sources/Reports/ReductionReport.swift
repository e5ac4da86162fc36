internal import Documents
internal import Estimation
internal import Quantities
package import Reduction

extension Report {
  /// A reducer's run: how many tokens are left, and how long it took.
  ///
  /// - Parameter remarks: what the user should know of what it ran on.
  package init(_ run: TimedReduction, remarks: [String] = []) {
    let patches = run.patches
    let sample = run.isSynthetic ? "the built-in sample \"\(run.sample)\"" : run.sample
    var notes = remarks
    if run.isSynthetic { notes.append("the sample's features are synthetic, not a photograph's") }
    if let note = run.result.note { notes.append(note) }
    self.init(
      headings: ["\(run.reducer) on \(sample): \(run.result.count) of \(patches) tokens left"],
      table: ReportTable(
        [
          .text("reducer"), .text("sample", priority: 1), .number("tokens before"), .number("tokens after"),
          .number("patches kept", priority: 2), .number("share left"), .number("time"),
        ],
        rows: [
          [
            run.reducer, run.sample, "\(patches)", "\(run.result.count)", "\(run.result.kept.count)",
            run.share.percent, run.seconds.description,
          ]
        ]),
      notes: notes,
      records: [
        OutputRecord([
          "reducer": .text(run.reducer), "sample": .text(run.sample), "tokens_before": .number(patches),
          "tokens_after": .number(run.result.count), "seconds": .number(run.seconds.value),
          "note": .text(notes.isEmpty ? nil : notes.joined(separator: "; ")),
        ])
      ])
  }

  /// The reducers that can be asked for, one a row.
  public static func listOfReducers() -> Report {
    let methods = Reducers.all
    return Report(
      headings: [],
      table: ReportTable(
        [.text("name"), .text("form", priority: 1), .text("what it does", wraps: true)],
        rows: methods.map { [$0.name, $0.usage, $0.summary] }),
      notes: methods.compactMap { method in method.citation.map { "\(method.name): \($0)" } },
      records: methods.map {
        OutputRecord([
          "name": .text($0.name), "usage": .text($0.usage), "example": .text($0.example), "summary": .text($0.summary),
          "citation": .text($0.citation?.description),
        ])
      })
  }
}
