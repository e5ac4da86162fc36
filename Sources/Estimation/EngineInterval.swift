package import Hardware
internal import Architectures
internal import Engines
internal import Operators
package import Quantities

/// What four of five measured times are of the expected ones, where six rows of at least two sources were held against an
/// engine's on devices of the class.
///
/// Percentiles 10 and 90 of measured over expected times, of the very rows that the engines' figures were set by: no source
/// was kept out, so that more than one in five of unseen times may lie outside (Documentation/times.md). Classes without such
/// rows have no interval, nor have devices that a user describes without a class of known ones.
package struct EngineInterval: Sendable, Hashable {
  /// What was measured.
  package enum Phase: Sendable, Hashable {
    /// Prefills and times to the first token.
    case prefill
    /// Steps of decoding.
    case decode
    /// Whole requests.
    case request
  }

  /// The devices.
  package let deviceClass: DeviceClass
  /// What was measured.
  package let phase: Phase
  /// Bits of the weights: 4, 8 or 16.
  let bits: Int
  /// Whether an interpreter launches the kernels.
  let isInterpreted: Bool
  /// Measured over expected times.
  package let share: ClosedRange<Double>
  /// How many times were measured.
  package let rows: Int

  init(
    _ deviceClass: DeviceClass, _ phase: Phase, bits: Int, interpreted: Bool, _ share: ClosedRange<Double>, rows: Int
  ) {
    (self.deviceClass, self.phase, self.bits, self.rows) = (deviceClass, phase, bits, rows)
    (isInterpreted, self.share) = (interpreted, share)
  }

  /// All classes that have one.
  static let all: [EngineInterval] = [
    .init(.apple, .decode, bits: 16, interpreted: false, 0.94...1.34, rows: 29),
    .init(.apple, .decode, bits: 4, interpreted: false, 0.93...1.82, rows: 57),
    .init(.apple, .decode, bits: 8, interpreted: false, 0.97...1.15, rows: 16),
    .init(.apple, .prefill, bits: 16, interpreted: false, 0.96...1.18, rows: 17),
    .init(.apple, .prefill, bits: 4, interpreted: false, 0.90...1.37, rows: 24),
    .init(.consumer, .decode, bits: 16, interpreted: false, 0.98...1.13, rows: 33),
    .init(.consumer, .decode, bits: 16, interpreted: true, 0.96...1.19, rows: 9),
    .init(.consumer, .decode, bits: 4, interpreted: false, 0.94...1.22, rows: 71),
    .init(.consumer, .decode, bits: 8, interpreted: false, 0.97...1.10, rows: 9),
    .init(.consumer, .prefill, bits: 16, interpreted: false, 0.67...1.71, rows: 13),
    .init(.consumer, .prefill, bits: 4, interpreted: false, 0.91...2.70, rows: 52),
    .init(.hbm, .decode, bits: 16, interpreted: false, 0.94...1.56, rows: 37),
    .init(.hbm, .decode, bits: 16, interpreted: true, 0.90...1.82, rows: 7),
    .init(.hbm, .decode, bits: 4, interpreted: false, 0.95...1.24, rows: 45),
    .init(.hbm, .decode, bits: 8, interpreted: false, 0.87...1.36, rows: 15),
    .init(.hbm, .prefill, bits: 16, interpreted: false, 0.88...1.53, rows: 20),
    .init(.hbm, .prefill, bits: 4, interpreted: false, 0.65...1.72, rows: 14),
    .init(.hbm, .prefill, bits: 8, interpreted: false, 0.86...1.31, rows: 6),
    .init(.hbm, .request, bits: 16, interpreted: false, 0.90...1.34, rows: 487),
    .init(.jetson, .decode, bits: 4, interpreted: false, 0.99...1.10, rows: 6),
  ]
}

extension Estimate {
  /// The interval of a phase; nil without an engine that says times, or where too little was measured.
  package func interval(of phase: EngineInterval.Phase) -> EngineInterval? {
    guard let times = engine.times, hasLanguage else { return nil }
    let bits = precision.weightBits > 9 ? 16 : precision.weightBits > 6 ? 8 : 4
    let device = hardware.deviceClass == .appleUltra ? .apple : hardware.deviceClass
    return EngineInterval.all.first {
      $0.deviceClass == device && $0.phase == phase && $0.bits == bits
        && $0.isInterpreted == (times.layer.value > .zero)
    }
  }

  /// The range in which four of five times of a phase lie that the engine was set by, never below the ideal time.
  package func expectedRange(of phase: EngineInterval.Phase) -> ClosedRange<Seconds>? {
    guard let share = interval(of: phase)?.share else { return nil }
    let (ideal, expected): (Seconds?, Seconds?) =
      switch phase {
      case .prefill: (totalSeconds, expectedTotalSeconds)
      case .decode: (request?.timePerOutputToken, expectedRequest?.timePerOutputToken)
      case .request: (request?.request, expectedRequest?.request)
      }
    guard let ideal, let expected else { return nil }
    return max(ideal, expected * share.lowerBound)...max(ideal, expected * share.upperBound)
  }
}
