package import Documents
internal import Questions
public import Serving

/// A candidate in a number, simulated.
public struct Deployment: Sendable {
  /// What is rented.
  package let candidate: PlanCandidate
  /// How often the smallest fleet of it is there: replicas or, with a split, pairs of groups.
  public let scale: Int
  /// What users felt, under the seed that came off worst.
  public let figures: ServingFigures
  /// Energy of the engines while passes run, and of towers of their own while they work, at the rated power; nil where the
  /// power is not known.
  public let energyJoules: Double?
  /// The share of the time in which engines ran passes.
  public let busyShare: Double
  /// Requests that no engine can hold.
  public let refused: Int
  /// What came of each target.
  public let results: [TargetResult]
  /// Requests a second that arrive in an open loop; nil where a trace or clients decide.
  let rate: Double?

  /// What came of a target.
  public struct TargetResult: Sendable, Hashable {
    /// What was to be kept.
    package let target: PlanTarget
    /// The figure, in seconds; nil where no request has one, and the target is kept.
    public let seconds: Double?

    /// How much of the target the figure takes: above 1 it is missed.
    public var share: Double { seconds.map { $0 / target.seconds } ?? 0 }
    /// Whether it is kept.
    public var isKept: Bool { seconds ?? 0 <= target.seconds }
  }

  /// Whether all targets are kept, and every request is served.
  public var holds: Bool { refused == 0 && figures.requests > 0 && results.allSatisfy(\.isKept) }
  /// What tells it from other fleets of its plan.
  package var identity: [OutputValue] { candidate.identity + [.number(scale)] }
  /// The target that is kept worst.
  public var worst: TargetResult? { results.max { $0.share < $1.share } }

  /// Devices of all engines, and of the towers that have one of their own.
  public var devices: Int { candidate.devices * scale }
  /// The price of an hour; nil where no price of the device is known.
  public var costPerHour: Double? { candidate.pricePerHour.map { $0 * Double(scale) } }
  /// The price of a million output tokens: of a fleet that holds at the rate at which requests arrive, as it is paid for
  /// day and night; else over the run, to its last token.
  public var costPerMillionTokens: Double? { cost(of: 1e6, per: figures.outputTokens) }
  /// The price of a thousand requests, as `costPerMillionTokens`.
  public var costPerThousandRequests: Double? { cost(of: 1e3, per: figures.requests) }
  /// Energy of a request.
  public var joulesPerRequest: Double? {
    figures.requests > 0 ? energyJoules.map { $0 / Double(figures.requests) } : nil
  }

  private func cost(of number: Double, per count: Int) -> Double? {
    guard count > 0, let costPerHour else { return nil }
    let seconds = holds ? rate.map { Double(figures.requests) / $0 } ?? figures.seconds : figures.seconds
    return costPerHour * seconds / 3600 / Double(count) * number
  }
}
