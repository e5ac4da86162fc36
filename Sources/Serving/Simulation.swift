internal import Engines
public import Documents
public import Traffic

/// A fleet under traffic, pass by pass, by the rules of `Documentation/scheduler.md`.
public struct Simulation: Sendable {
  /// How many engines there are, and what each does.
  public let settings: FleetSettings
  var traffic: RequestTraffic
  var price: any PassPricing
  var draftPrice: (any PassPricing)?

  var jobs = Jobs()
  var engines: [ServingEngine]
  var towers: [SlotLine]
  var links: [SlotLine]
  var now = 0.0
  /// The next request that nobody sent yet.
  var upcoming: (number: Int, request: ServedRequest)?
  var sent = 0
  /// Clients whose next request is due.
  var ready = 0
  var inside = 0
  var routed = (outside: 0, between: 0)
  var result: SimulationResult
  /// Waiting requests, and running ones, in all engines.
  var waiting = 0, running = 0
  /// How late requests may be, and are.
  var limits: LatenessLimits?
  /// How often somebody could have stopped it.
  private var steps = 0

  /// Who wants to know of passes, and when to stop.
  public struct Watch: Sendable {
    /// Is told of every pass at its end.
    public var pass: (@Sendable (PassRecord) throws(Diagnostic) -> Void)?
    /// Is asked now and then, with the requests that ended and all there are; true stops the run.
    public var isStopped: (@Sendable (Int, Int) -> Bool)?
    /// How late requests may be before the run is ended.
    package var limits: LatenessLimits?

    /// Nobody, unless stated otherwise.
    public init(
      pass: (@Sendable (PassRecord) throws(Diagnostic) -> Void)? = nil,
      isStopped: (@Sendable (Int, Int) -> Bool)? = nil
    ) {
      (self.pass, self.isStopped) = (pass, isStopped)
    }
  }

  /// A fleet that has not begun; `draftPrice` is that of the model that speculates, nil for one that costs nothing.
  ///
  /// - Throws: `Diagnostic` for settings that make no sense.
  public init(
    _ settings: FleetSettings, _ traffic: RequestTraffic, price: any PassPricing,
    draftPrice: (any PassPricing)? = nil
  ) throws(Diagnostic) {
    try settings.check(hashes: traffic.hasHashes)
    (self.settings, self.traffic, self.price, self.draftPrice) = (settings, traffic, price, draftPrice)
    let drafts = settings.speculation?.tokens ?? 0
    engines = (0..<settings.engines).map { number in
      var own = settings.scheduler
      if let apart = settings.apart, number >= apart.prefill { own.policy = .mixed }
      return ServingEngine(own, drafts: drafts, runsTowers: settings.tower == .loop)
    }
    towers = engines.map { _ in SlotLine() }
    links = towers
    result = SimulationResult(settings, requests: traffic.count)
  }

  /// Runs until all requests have ended, or somebody stops it.
  ///
  /// - Throws: `Diagnostic` where a pass has no price, or the watch throws.
  public mutating func run(_ watch: Watch = Watch()) throws(Diagnostic) -> SimulationResult {
    limits = watch.limits
    ready = traffic.clients ?? 0
    upcoming = next()
    if upcoming != nil, traffic.clients == nil { now = upcoming?.request.arrival ?? 0 }
    result.begin(at: now)
    while true {
      try endPasses(watch)
      if let limits, limits.arePassed {
        result.isTooLate = true
        break
      }
      endTowersAndTransfers()
      sendDue(watch)
      if result.isInterrupted { break }
      try planPasses()
      guard let next = nextEvent() else { break }
      result.spend(next - now, waiting: waiting, running: running, used: usedShare)
      now = next
      if isStopped(watch) { break }
    }
    result.finish(at: now)
    return result
  }

  /// Whether somebody stops it, who is asked at every so many events and requests that are sent.
  mutating func isStopped(_ watch: Watch) -> Bool {
    steps += 1
    guard steps & 0x3FF == 0, let isStopped = watch.isStopped, isStopped(result.ended, traffic.count) else {
      return false
    }
    result.isInterrupted = true
    return true
  }

  mutating func next() -> (Int, ServedRequest)? {
    guard let request = traffic.nextRequest() else { return nil }
    defer { sent += 1 }
    return (sent, request)
  }

  /// The share of all pools that requests hold.
  private var usedShare: Double {
    var free = 0
    for engine in engines { free += engine.pool.free }
    return 1 - Double(free) / (Double(settings.scheduler.blocks) * Double(engines.count))
  }

  /// When the next thing happens; nil if nothing does any more.
  private func nextEvent() -> Double? {
    var time = Double.infinity
    for engine in engines where engine.isBusy { time = min(time, engine.pass.end) }
    for line in towers { time = min(time, line.first?.end ?? .infinity) }
    for line in links { time = min(time, line.first?.end ?? .infinity) }
    if traffic.clients == nil, let upcoming, inside < traffic.inFlight ?? .max {
      time = min(time, max(now, upcoming.request.arrival))
    }
    return time < .infinity ? time : nil
  }
}
