internal import Documents
internal import Traffic

/// What a simulation measured: times of every request, and sums over time.
public struct SimulationResult: Sendable {
  /// A request that was refused.
  public struct Refusal: Sendable, Hashable {
    /// The request.
    public let number: Int
    /// Why it was refused.
    public let reason: String
  }

  /// How many requests there were to be.
  public let requests: Int
  /// Seconds outside the passes that every request takes.
  public let requestSeconds: Double
  /// When requests arrived, by number.
  public private(set) var arrivals: [Double] = []
  /// When their first tokens were delivered; NaN of what has not ended.
  public private(set) var firsts: [Double] = []
  /// When their last tokens were delivered; NaN of what has not ended.
  public private(set) var lasts: [Double] = []
  /// Tokens of their prompts.
  public private(set) var prompts: [Int32] = []
  /// Tokens of their answers.
  public private(set) var outputs: [Int32] = []
  /// How often each lost its blocks.
  public private(set) var preemptionsByRequest: [Int32] = []
  /// The first requests that were refused.
  public private(set) var refusals: [Refusal] = []
  /// How many requests were refused.
  public private(set) var refused = 0
  /// Requests that ended.
  public private(set) var ended = 0
  /// How often a request lost its blocks.
  public private(set) var preemptions = 0
  /// Passes of all engines.
  public private(set) var passes = 0
  /// Seconds of all passes.
  public private(set) var passSeconds = 0.0
  /// Seconds that towers on devices of their own worked.
  public private(set) var towerSeconds = 0.0
  /// Whether somebody stopped it.
  public internal(set) var isInterrupted = false
  /// Whether it ended since more requests were late than may be.
  public internal(set) var isTooLate = false
  /// What happened over time.
  package private(set) var timeline = Timeline()
  /// From the first arrival to the last delivery of the requests that were not refused, or to the interruption.
  public var seconds: Double { max(0, last - first) }
  private var first = Double.infinity, last = -Double.infinity
  /// Requests that waited, times seconds.
  public private(set) var waitingSeconds = 0.0
  /// Requests that ran, times seconds.
  public private(set) var runningSeconds = 0.0
  /// The times of all requests from arrival to end.
  public private(set) var insideSeconds = 0.0
  private var usedSeconds = 0.0
  private let engines: Int

  /// Refusals beyond these are counted only.
  private static let refusalLimit = 100

  init(_ settings: FleetSettings, requests: Int) {
    self.requests = requests
    requestSeconds = settings.scheduler.requestSeconds
    engines = settings.engines
  }

  /// The share of the pools that requests held, over the time of passes.
  public var usedShare: Double { passSeconds > 0 ? usedSeconds / passSeconds : 0 }
  /// The share of the time in which engines ran passes.
  public var busyShare: Double { seconds > 0 ? passSeconds / (seconds * Double(engines)) : 0 }

  mutating func begin(at time: Double) { timeline.start = time }

  mutating func arrive(_ request: ServedRequest, _ arrival: Double) {
    first = min(first, arrival)
    list(request, arrival)
  }

  private mutating func list(_ request: ServedRequest, _ arrival: Double) {
    arrivals.append(arrival)
    firsts.append(.nan)
    lasts.append(.nan)
    prompts.append(Int32(clamping: request.prompt))
    outputs.append(Int32(clamping: request.output))
    preemptionsByRequest.append(0)
  }

  mutating func refuse(_ number: Int, _ request: ServedRequest, _ arrival: Double) {
    list(request, arrival)
    refused += 1
    guard refusals.count < Self.refusalLimit else { return }
    refusals.append(
      Refusal(
        number: number,
        reason: "\(request.prompt) + \(request.output) tokens do not fit into the key-value pool of an engine"))
  }

  mutating func spend(_ time: Double, waiting: Int, running: Int, used: Double) {
    waitingSeconds += time * Double(waiting)
    runningSeconds += time * Double(running)
    timeline.spend(time, waiting: Double(waiting), running: Double(running), used: used)
  }

  mutating func plan(_ pass: PlannedPass, seconds: Double, blocks: Int) {
    passes += 1
    passSeconds += seconds
    usedSeconds += seconds * (Double(blocks - pass.free) / Double(blocks))
    var tokens = 0
    for fill in pass.shape.fills { tokens += fill.take }
    timeline.fill(tokens)
  }

  /// A tower on a device of its own works so long.
  mutating func work(towerSeconds seconds: Double) { towerSeconds += seconds }

  mutating func deliver(_ tokens: Int) { timeline.deliver(tokens) }

  mutating func end(_ job: Job, at time: Double) {
    firsts[job.number] = job.first
    lasts[job.number] = time
    preemptionsByRequest[job.number] = Int32(clamping: job.preemptions)
    preemptions += job.preemptions
    insideSeconds += time - job.arrival
    last = time
    ended += 1
  }

  mutating func finish(at time: Double) {
    if isInterrupted { last = time }
    timeline.finish()
  }

  /// The mean number of requests that waited.
  public var meanWaiting: Double { seconds > 0 ? waitingSeconds / seconds : 0 }
  /// The mean number of requests that ran.
  public var meanRunning: Double { seconds > 0 ? runningSeconds / seconds : 0 }
}
