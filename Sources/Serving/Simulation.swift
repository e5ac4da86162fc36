internal import Engines
public import Documents
public import Traffic

/// A fleet under traffic, pass by pass, by the rules of `Documentation/scheduler.md`.
public struct Simulation: Sendable {
  /// How many engines there are, and what each does.
  public let settings: FleetSettings
  private var traffic: RequestTraffic
  private var price: any PassPricing
  private var draftPrice: (any PassPricing)?

  private var jobs = Jobs()
  private var engines: [ServingEngine]
  private var towers: [SlotLine]
  private var links: [SlotLine]
  private var now = 0.0
  /// The next request that nobody sent yet.
  private var upcoming: (number: Int, request: ServedRequest)?
  private var sent = 0
  /// Clients whose next request is due.
  private var ready = 0
  private var inside = 0
  private var routed = (outside: 0, between: 0)
  private var result: SimulationResult
  /// Waiting requests, and running ones, in all engines.
  private var waiting = 0, running = 0

  /// Who wants to know of passes, and when to stop.
  public struct Watch: Sendable {
    /// Is told of every pass at its end.
    public var pass: (@Sendable (PassRecord) throws(Diagnostic) -> Void)?
    /// Is asked now and then, with the requests that ended and all there are; true stops the run.
    public var isStopped: (@Sendable (Int, Int) -> Bool)?

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
    ready = traffic.clients ?? 0
    upcoming = next()
    if upcoming != nil, traffic.clients == nil { now = upcoming?.request.arrival ?? 0 }
    result.begin(at: now)
    var steps = 0
    while true {
      try endPasses(watch)
      endTowersAndTransfers()
      sendDue()
      try planPasses()
      guard let next = nextEvent() else { break }
      result.spend(next - now, waiting: waiting, running: running, used: usedShare)
      now = next
      steps += 1
      if steps & 0x3FF == 0, let isStopped = watch.isStopped, isStopped(result.ended, traffic.count) {
        result.isInterrupted = true
        break
      }
    }
    result.finish(at: now)
    return result
  }

  private mutating func next() -> (Int, ServedRequest)? {
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

extension Simulation {
  /// Sends all requests that are due.
  private mutating func sendDue() {
    while let (number, request) = upcoming {
      if traffic.clients != nil {
        guard ready > 0 else { return }
        ready -= 1
      } else {
        guard request.arrival <= now, inside < traffic.inFlight ?? .max else { return }
      }
      upcoming = next()
      let isLate = traffic.clients != nil || traffic.inFlight != nil
      let arrival = isLate ? now : request.arrival
      let scheduler = settings.scheduler
      if scheduler.blocks(of: request.prompt + request.output) > scheduler.blocks {
        result.refuse(number, request, arrival)
        if traffic.clients != nil { ready += 1 }
        continue
      }
      send(number, request, arrival)
    }
  }

  private mutating func send(_ number: Int, _ request: ServedRequest, _ arrival: Double) {
    var job = Job()
    (job.number, job.arrival, job.prompt, job.output) = (number, arrival, request.prompt, request.output)
    (job.tower, job.visual) = (request.tower, request.visual)
    job.awaitsTower = request.tower > 0
    if let group = request.group {
      job.group = group
      job.sharedBlocks = request.shared / settings.scheduler.blockTokens
    }
    if !request.hashes.isEmpty {
      let block = settings.scheduler.blockTokens
      job.sharedBlocks = min(request.prompt, request.hashes.count * ServedRequest.hashTokens) / block
    }
    let slot = jobs.add(job, hashes: request.hashes)
    inside += 1
    waiting += 1
    result.arrive(number, request, arrival)
    let target = route(0..<settings.entrances, counter: &routed.outside)
    if settings.tower == .own, job.awaitsTower {
      engines[target].inTower += 1
      towers[target].append(slot, number, from: now, taking: job.tower)
      jobs[slot].awaitsTower = false
    } else {
      engines[target].waiting.append(slot)
    }
  }

  private func route(_ targets: Range<Int>, counter: inout Int) -> Int {
    defer { counter += 1 }
    switch settings.routing {
    case .roundRobin: return targets.lowerBound + counter % targets.count
    case .leastLoaded:
      return targets.min { (engines[$0].inside, $0) < (engines[$1].inside, $1) } ?? targets.lowerBound
    }
  }

  /// Ends what towers and links have done, by request.
  private mutating func endTowersAndTransfers() {
    var done: [(number: Int, slot: Int, engine: Int, isTransfer: Bool)] = []
    for index in engines.indices {
      while let first = towers[index].first, first.end <= now {
        towers[index].removeFirst()
        done.append((first.number, first.slot, index, false))
      }
      while let first = links[index].first, first.end <= now {
        links[index].removeFirst()
        done.append((first.number, first.slot, index, true))
      }
    }
    guard !done.isEmpty else { return }
    for item in done.sorted(by: { $0.number < $1.number }) {
      guard item.isTransfer else {
        engines[item.engine].inTower -= 1
        engines[item.engine].waiting.append(item.slot)
        continue
      }
      engines[item.engine].pool.giveBack(item.slot, &jobs)
      jobs.blocks[item.slot].removeAll(keepingCapacity: true)
      jobs[item.slot].isReceived = true
      jobs[item.slot].hasLeft = false
      jobs[item.slot].named = 0
      let target = route(settings.entrances..<engines.count, counter: &routed.between)
      engines[target].waiting.append(item.slot)
    }
  }

  private mutating func planPasses() throws(Diagnostic) {
    for index in engines.indices where !engines[index].isBusy {
      let before = engines[index].running.count
      let isPass = engines[index].plan(&jobs)
      let admitted = engines[index].running.count - before
      (running, waiting) = (running + admitted, waiting - admitted)
      guard isPass else { continue }
      let drafts = settings.speculation?.tokens ?? 0
      engines[index].pass.shape(jobs, drafts: drafts)
      let pass = engines[index].pass
      var seconds = try price.seconds(of: pass.shape) + pass.tower
      if drafts > 0, draftPrice != nil {
        for shape in pass.draftShapes(most: drafts) { seconds += try draftPrice?.seconds(of: shape) ?? 0 }
      }
      let scheduler = settings.scheduler
      seconds = seconds + scheduler.passSeconds + scheduler.sequenceSeconds * Double(pass.takes.count)
      engines[index].pass.start = now
      engines[index].pass.end = now + seconds
      engines[index].isBusy = true
      result.plan(pass, seconds: seconds, blocks: scheduler.blocks)
    }
  }

  private mutating func endPasses(_ watch: Watch) throws(Diagnostic) {
    for index in engines.indices where engines[index].isBusy && engines[index].pass.end <= now {
      engines[index].isBusy = false
      try endPass(index, watch)
    }
  }

  /// Delivers the tokens of a pass, and lets go of requests that ended.
  private mutating func endPass(_ index: Int, _ watch: Watch) throws(Diagnostic) {
    let isFirstHalf = index < settings.apart?.prefill ?? 0
    var record = watch.pass == nil ? nil : PassRecord(index, engines[index].pass, jobs)
    var gone = 0
    for position in engines[index].pass.takes.indices {
      let taken = engines[index].pass.takes[position]
      let slot = Int(taken.slot)
      var produced = 0
      if taken.decodes {
        produced = 1 + accepted(of: Int(taken.take) - 1, slot)
        jobs[slot].computed += produced
      } else {
        jobs[slot].computed += Int(taken.take)
        if jobs[slot].computed == jobs[slot].length { produced = 1 }
      }
      guard produced > 0 else { continue }
      if jobs[slot].done == 0 { jobs[slot].first = now }
      jobs[slot].done += produced
      result.deliver(produced)
      record?.delivered.append((jobs[slot].number, produced))
      let hasEnded = jobs[slot].done == jobs[slot].output
      guard hasEnded || isFirstHalf else { continue }
      engines[index].dropClaim(of: slot, jobs)
      gone += 1
      if hasEnded {
        engines[index].pool.giveBack(slot, &jobs)
        record?.ended.append(jobs[slot].number)
        end(slot)
      } else if let apart = settings.apart {
        waiting += 1
        let seconds = apart.latency + apart.secondsPerToken * Double(jobs[slot].computed)
        links[index].append(slot, jobs[slot].number, from: now, taking: seconds)
      }
      jobs[slot].hasLeft = true
    }
    if gone > 0 {
      let jobs = jobs
      engines[index].running.removeAll { jobs[Int($0)].hasLeft }
      running -= gone
    }
    engines[index].pass.victims.removeAll(keepingCapacity: true)
    if let record, let report = watch.pass { try report(record) }
  }

  /// How many of so many drafts of a request are accepted.
  private mutating func accepted(of drafts: Int, _ slot: Int) -> Int {
    guard drafts > 0, let speculation = settings.speculation else { return 0 }
    var draws = Draws(seed: settings.seed, draftsOf: jobs[slot].number, from: jobs[slot].draws)
    jobs[slot].draws += drafts
    var count = 0
    while count < drafts, draws.uniform() < speculation.acceptance { count += 1 }
    return count
  }

  private mutating func end(_ slot: Int) {
    result.end(jobs[slot], at: now)
    jobs.remove(slot)
    inside -= 1
    ready += 1
  }
}

/// Work that is done one after the other: a tower's, or a link's.
private struct SlotLine: Sendable {
  struct Item {
    var slot: Int
    var number: Int
    var end: Double
  }

  private var items: [Item] = []
  private var start = 0
  private var last = -Double.infinity

  var first: Item? { start < items.count ? items[start] : nil }

  mutating func append(_ slot: Int, _ number: Int, from time: Double, taking seconds: Double) {
    last = max(time, last) + seconds
    items.append(Item(slot: slot, number: number, end: last))
  }

  mutating func removeFirst() {
    start += 1
    guard start > 1024, start * 2 > items.count else { return }
    items.removeFirst(start)
    start = 0
  }
}
