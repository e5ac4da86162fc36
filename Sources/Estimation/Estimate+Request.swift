internal import Architectures
internal import Hardware
public import Quantities

extension Estimate {
  /// The figures of a whole request, once of ideal and once of expected times.
  public struct Request: Sendable, Hashable {
    /// Until the first token, which the prefill makes: all stages before decoding.
    public let timeToFirstToken: Seconds
    /// The mean time of a step of decoding, one for every token but the first; nil without steps.
    public let timePerOutputToken: Seconds?
    /// The first step, over the shortest cache; nil without steps.
    public let firstStep: Seconds?
    /// The last step, over the longest cache; nil without steps.
    public let lastStep: Seconds?
    /// All steps of decoding.
    public let decode: Seconds
    /// All stages and all steps.
    public let request: Seconds
    /// Generated tokens of all sequences per second of the whole request; nil where the request does not fit.
    public let tokensPerSecond: Double?
    /// What all devices take at their rated power all the time: an upper bound. Nil where the power is not known.
    public let energy: Energy?
    /// The price of the whole batch, in the currency of the price per hour; nil without one, and where it does
    /// not fit.
    public let cost: Double?
    /// The price of a million generated tokens, in the same currency.
    public let costPerMillionTokens: Double?
  }
}

extension Estimate {
  /// The ideal figures of the whole request; nil if nothing is generated.
  public var request: Estimate.Request? {
    guard workload.outputTokens > 0 else { return nil }
    return figures(
      totalSeconds, decode?.seconds ?? .zero, decode.map { ($0.first.seconds, $0.last.seconds) })
  }

  /// The expected figures of the whole request; nil if nothing is generated.
  public var expectedRequest: Estimate.Request? {
    guard workload.outputTokens > 0 else { return nil }
    return figures(
      expectedTotalSeconds, decode?.expectedSeconds ?? .zero,
      decode.map { ($0.first.expectedSeconds, $0.last.expectedSeconds) })
  }

  private func figures(
    _ prefill: Seconds, _ decode: Seconds, _ steps: (first: Seconds, last: Seconds)?
  ) -> Estimate.Request {
    let tokens = Double(workload.outputTokens) * Double(workload.batch)
    let request = prefill + decode
    let devices = Double(serving.parallelism.devices)
    let runs = fits != false
    let cost = (runs ? serving.pricePerHour : nil).map { $0 * devices * request.value / 3600 }
    return Estimate.Request(
      timeToFirstToken: prefill, timePerOutputToken: steps == nil ? nil : decode / Double(workload.decodeSteps),
      firstStep: steps?.first, lastStep: steps?.last, decode: decode, request: request,
      tokensPerSecond: runs ? tokens / request.value : nil, energy: hardware.power.map { $0.value * request * devices },
      cost: cost, costPerMillionTokens: cost.map { $0 / tokens * 1e6 })
  }
}
