internal import Engines
internal import Hardware
internal import Operators
public import Quantities

/// What expected times rest on.
package enum ExpectedBasis: String, Sendable, Hashable {
  /// Products in every format that the main stage computes in were measured on the device.
  case measured
  /// What is typical of the device's class, or of another format, stands in for some.
  case estimated
}

extension Estimate {
  /// What the expected time of the main stage rests on, as far as its products go. Kernels that widen weights were
  /// measured on no device.
  package var expectedBasis: ExpectedBasis {
    guard precision.weightBits >= precision.productInputBits else { return .estimated }
    let isEstimated = mainStage?.kinds.weighted.contains { arithmetic in
      hardware.achieved.isEstimated(in: hardware.peak(of: arithmetic.units(at: precision).matrix).format)
    }
    return isEstimated ?? true ? .estimated : .measured
  }

  /// What four of five prefills should take of the expected time, as far as validation goes; an engine's, where it says
  /// times, else that of kernels: nil of devices without
  /// multiprocessors, of which but for a Jetson Orin no published prefill was compared.
  ///
  /// Percentiles of measured over expected times under "Ranges" in reports/validation.md: of estimated times those of
  /// published prefills. Of measured ones the lower end is that of whole layers that were held out; the upper end, which
  /// holds what engines add to their kernels, that of published prefills, with products in 8 bits and in more.
  public var expectedShare: ClosedRange<Double>? {
    guard engine.times == nil else { return interval(of: .prefill)?.share }
    guard hardware.achieved.multiprocessors != nil else { return nil }
    let eightBit = precision.productInputBits < precision.activationBits
    return expectedBasis == .estimated ? 0.83...1.27 : 0.95...(eightBit ? 1.58 : 1.16)
  }

  /// The range in which four of five measured prefills should lie, never below the ideal time; nil as `expectedShare`.
  public var expectedPrefillRange: ClosedRange<Seconds>? {
    let expected = expectedPrefillSeconds
    return expectedShare.map { share in
      max(prefillSeconds, expected * share.lowerBound)...max(prefillSeconds, expected * share.upperBound)
    }
  }
}
