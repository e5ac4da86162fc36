public import Engines
public import Serving
public import Traffic

extension Question {
  /// The part of a question that is about a fleet under traffic: how requests come, who serves them, what is wanted.
  public struct Load: Sendable, Hashable {
    /// Requests a second, each a row of its own.
    public var rates: [Double] = []
    /// Clients of a closed loop, each number a row of its own.
    public var clients = NumberList()
    /// The file of requests.
    public var trace: String?
    /// How requests come at a rate.
    public var arrivals = ArrivalProcess.poisson
    /// Requests that may be inside at once; nil without a limit.
    public var inFlight: Int?
    /// How many requests there are; nil for the usual number.
    public var requests: Int?
    /// What decides all draws.
    public var seed: UInt64 = 0
    /// Distributions of text tokens and of tokens to generate, beside the numbers of the question.
    public var textLengths: [LengthDistribution] = [], outputLengths: [LengthDistribution] = []
    /// Pictures of a request, and visual tokens of each; nil for one, and for what the reducer left.
    public var pictures: LengthDistribution?, pictureTokens: LengthDistribution?
    /// Tokens that begin every prompt alike, and of how many kinds; nil for none and one.
    public var sharedTokens: Int?, sharedGroups: Int?
    /// What is set otherwise than the engine has it; nil where it is not.
    public var blockTokens: Int?, cacheTokens: Int?
    /// Which requests a pass takes; nil for what the engine does.
    public var policy: SchedulerSettings.Policy?
    /// What must fit before a request is admitted; nil for what the engine asks.
    public var admission: SchedulerSettings.Admission?
    /// Whether prompts are cut, and whether blocks are shared; nil for what the engine does.
    public var isChunked: Bool?, sharesPrefixes: Bool?
    /// Host times; nil for the engine's.
    public var passSeconds: Double?, sequenceSeconds: Double?, requestSeconds: Double?
    /// Engines behind a router, each number a row of its own; none for one engine.
    public var replicas = NumberList()
    /// Which of them gets a request.
    public var routing = FleetSettings.Routing.roundRobin
    /// Where vision towers run.
    public var tower = FleetSettings.Tower.loop
    /// Drafts that a small model makes; nil without.
    public var speculation: SpeculationRequest?
    /// Engines that fill apart from those that decode; nil without.
    public var apart: ApartRequest?
    /// Requests that are left out of the figures.
    public var warmup = 0
    /// What a good request keeps to and, of a plan, which figure of all requests does.
    package var ttft: LatencyTarget?, tpot: LatencyTarget?

    /// Nothing is asked of a fleet.
    public init() {}

    /// Seconds that a good request keeps to.
    public var targets: ServingFigures.Targets { .init(ttft: ttft?.seconds, tpot: tpot?.seconds) }

    /// Drafts, and the model that makes them.
    public struct SpeculationRequest: Sendable, Hashable {
      /// Drafts a pass, and the share of them that is accepted.
      public var drafts: FleetSettings.Speculation
      /// The model that makes them; `mtp` for a layer of the model's own, nil for one that takes no time.
      public var model: String?
    }

    /// How many engines fill and how many decode.
    public struct ApartRequest: Sendable, Hashable {
      public var prefill, decode: Int
    }
  }
}
