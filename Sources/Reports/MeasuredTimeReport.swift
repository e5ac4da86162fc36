internal import Architectures
internal import Documents
internal import Engines
internal import Estimation
internal import Hardware
internal import Operators
package import Questions
internal import Quantities

extension Report {
  /// Where a measured time and the expected one can differ.
  package init(_ time: MeasuredTime) {
    let estimate = time.estimate
    let best = time.candidates.first
    self.init(
      headings: [
        "\(estimate.model.title) on \(estimate.hardware.title), \(estimate.precision.name), \(time.phase.rawValue)",
        "Measured \(time.measured), expected \(time.expected) of \(estimate.engine.name): \(time.ratio.fixed(2)) times as long"
          + (best.map { "; nearest is \($0.engine) with \($0.expected)" } ?? ""),
      ],
      tables: [
        ReportTable(
          [.text("cause"), .number("now"), .number("change"), .text("if")],
          rows: time.causes.map { [$0.name, $0.now.description, $0.change.map(Self.signed) ?? "", $0.what] }),
        ReportTable(
          [.text("engine"), .number("expected"), .number("measured over expected")],
          caption: "Engines, the one that explains it best first",
          rows: time.candidates.map { [$0.engine, $0.expected.description, $0.ratio.fixed(2)] }),
      ], notes: time.notes,
      records: time.causes.map { cause in
        OutputRecord([
          "cause": .text(cause.name), "now_seconds": .number(cause.now.value),
          "change_seconds": .number(cause.change?.value), "if": .text(cause.what),
        ])
      })
    details = time.details
  }

  private static func signed(_ seconds: Seconds) -> String {
    seconds.value < 0 ? "-\(Seconds(-seconds.value))" : "+\(seconds)"
  }
}

extension MeasuredTime {
  /// What is to be said of it.
  fileprivate var notes: [String] {
    var notes: [String] = []
    if let interval {
      let isInside = interval.holds(measured, expected: expected, ideal: ideal)
      notes.append(
        "four of five such times lie within \(interval.share.lowerBound.fixed(2)) to \(interval.share.upperBound.fixed(2)) "
          + "times the expected one: this one \(isInside ? "does" : "does not")")
    }
    if measured < ideal {
      notes.append(
        "the measured time is below the ideal one: something is measured that was not asked here, or asked otherwise")
    }
    return notes + ["each cause is looked at alone; \"now\" is its part of the expected time"]
  }

  /// What machines read beside the causes.
  fileprivate var details: [OutputRecord.Field] {
    [
      .init(key: "phase", value: .text(phase.rawValue)),
      .init(key: "engine", value: .text(estimate.engine.name)),
      .init(key: "measured_seconds", value: .number(measured.value)),
      .init(key: "expected_seconds", value: .number(expected.value)),
      .init(key: "ideal_seconds", value: .number(ideal.value)),
      .init(
        key: "engines",
        value: .records(
          candidates.map { OutputRecord(["engine": .text($0.engine), "expected_seconds": .number($0.expected.value)]) })
      ),
    ]
  }
}
