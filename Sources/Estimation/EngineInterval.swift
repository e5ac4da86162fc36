internal import Architectures
internal import Engines
internal import Hardware
internal import Operators
package import Quantities

/// What four of five measured times are of the expected ones, of a class of times.
///
/// From rows whose whole source was kept out of the fit that predicts them: percentiles 10 and 90 of measured over expected
/// times, every source counting as much as another, moved apart by one factor so that four of five rows of sources that had
/// no part in figures and interval lie inside (reports/validation.md, Ranges of engines). Classes of fewer than two sources or
/// six rows have none, nor have devices that a user describes without saying which class they belong to.
package struct EngineInterval: Sendable, Hashable {
  /// The times.
  package let of: EngineClass
  /// Measured over expected times.
  package let share: ClosedRange<Double>
  /// How many times were measured, and by how many sources.
  package let rows: Int, sources: Int

  init(_ of: EngineClass, _ share: ClosedRange<Double>, rows: Int, sources: Int) {
    (self.of, self.share, self.rows, self.sources) = (of, share, rows, sources)
  }

  /// The interval of a class; nil where there is none.
  package static func of(_ engineClass: EngineClass) -> EngineInterval? { all.first { $0.of == engineClass } }

  /// The range around an expected time, never below the ideal one.
  package func range(expected: Seconds, ideal: Seconds) -> ClosedRange<Seconds> {
    max(ideal, expected * share.lowerBound)...max(ideal, expected * share.upperBound)
  }

  /// Whether a measured time lies in the range.
  package func holds(_ measured: Seconds, expected: Seconds, ideal: Seconds) -> Bool {
    range(expected: expected, ideal: ideal).contains(measured)
  }

  /// All classes that have one, as `write-reports` finds them.
  static let all: [EngineInterval] = [
    .init(.init(.apple, .compiled, .decode, 4), 0.66...1.68, rows: 61, sources: 5),
    .init(.init(.apple, .compiled, .decode, 8), 0.75...1.67, rows: 17, sources: 3),
    .init(.init(.apple, .compiled, .decode, 16), 0.78...1.64, rows: 31, sources: 2),
    .init(.init(.apple, .compiled, .prefill, 4), 0.85...1.83, rows: 46, sources: 3),
    .init(.init(.apple, .compiled, .prefill, 16), 0.69...1.75, rows: 31, sources: 2),
    .init(.init(.consumer, .compiled, .decode, 4), 0.49...1.81, rows: 67, sources: 5),
    .init(.init(.consumer, .compiled, .decode, 16), 0.85...1.20, rows: 32, sources: 2),
    .init(.init(.hbm, .compiled, .decode, 16), 0.65...2.28, rows: 44, sources: 4),
    .init(.init(.hbm, .compiled, .request, 16), 0.78...2.14, rows: 526, sources: 2),
  ]
}

extension Estimate {
  /// The interval of a phase; nil without an engine that says times, or where too little was measured.
  package func interval(of phase: EngineClass.Phase) -> EngineInterval? {
    guard let times = engine.times, hasLanguage, hardware.isClassKnown else { return nil }
    return EngineInterval.of(EngineClass(hardware, times, phase, precision))
  }

  /// The range in which four of five times of a phase should lie, never below the ideal time.
  package func expectedRange(of phase: EngineClass.Phase) -> ClosedRange<Seconds>? {
    guard let interval = interval(of: phase) else { return nil }
    let (ideal, expected): (Seconds?, Seconds?) =
      switch phase {
      case .prefill: (totalSeconds, expectedTotalSeconds)
      case .decode: (request?.timePerOutputToken, expectedRequest?.timePerOutputToken)
      case .request: (request?.request, expectedRequest?.request)
      }
    guard let ideal, let expected else { return nil }
    return interval.range(expected: expected, ideal: ideal)
  }
}
