/// How many engines there are, and what each does.
public struct FleetSettings: Sendable, Hashable {
  /// Which replica gets a request.
  public enum Routing: String, Sendable, Hashable, CaseIterable {
    case roundRobin = "round-robin"
    case leastLoaded = "least-loaded"
  }

  /// Where vision towers run.
  public enum Tower: String, Sendable, Hashable, CaseIterable {
    /// In the passes of the language model.
    case loop
    /// On a device of its own, for each replica.
    case own
  }

  /// Drafts of a small model that the large one checks.
  public struct Speculation: Sendable, Hashable {
    /// Drafts a pass.
    public var tokens: Int
    /// The probability that a draft is accepted if those before it were.
    public var acceptance: Double

    /// So many drafts, each accepted with a probability.
    public init(tokens: Int, acceptance: Double) { (self.tokens, self.acceptance) = (tokens, acceptance) }
  }

  /// Engines that only fill and others that only decode.
  public struct Apart: Sendable, Hashable {
    /// How many there are of each.
    public var prefill, decode: Int
    /// Seconds to send the keys and values of a request, and of each of its tokens.
    public var latency, secondsPerToken: Double

    /// Engines apart, and the link between them.
    public init(prefill: Int, decode: Int, latency: Double, secondsPerToken: Double) {
      (self.prefill, self.decode) = (prefill, decode)
      (self.latency, self.secondsPerToken) = (latency, secondsPerToken)
    }
  }

  /// Every engine's settings.
  public var scheduler: SchedulerSettings
  /// Engines that do everything.
  public var replicas = 1
  /// Which engine gets a request.
  public var routing = Routing.roundRobin
  /// Where vision towers run.
  public var tower = Tower.loop
  /// Drafts; nil without.
  public var speculation: Speculation?
  /// Engines that fill apart from those that decode, in place of replicas; nil without.
  public var apart: Apart?
  /// What decides which drafts are accepted.
  public var seed: UInt64 = 0

  /// One engine.
  public init(_ scheduler: SchedulerSettings = SchedulerSettings()) { self.scheduler = scheduler }

  /// How many engines there are.
  public var engines: Int { apart.map { $0.prefill + $0.decode } ?? replicas }
  /// How many of them get requests from outside.
  public var entrances: Int { apart?.prefill ?? replicas }
}
