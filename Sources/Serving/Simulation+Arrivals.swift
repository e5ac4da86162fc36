internal import Traffic

extension Simulation {
  /// Sends all requests that are due, unless somebody stops it: of many clients all send at once.
  mutating func sendDue(_ watch: Watch) {
    while let (number, request) = upcoming, !isStopped(watch) {
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
    result.arrive(request, arrival)
    let target = route(0..<settings.entrances, after: routed.outside)
    routed.outside += 1
    if settings.tower == .own, job.awaitsTower {
      engines[target].inTower += 1
      result.work(towerSeconds: job.tower)
      towers[target].append(slot, number, from: now, taking: job.tower)
      jobs[slot].awaitsTower = false
    } else {
      engines[target].waiting.append(slot)
    }
  }

  /// The engine for the next request, after so many that went the same way.
  private func route(_ targets: Range<Int>, after counter: Int) -> Int {
    switch settings.routing {
    case .roundRobin: return targets.lowerBound + counter % targets.count
    case .leastLoaded:
      return targets.min { (engines[$0].inside, $0) < (engines[$1].inside, $1) } ?? targets.lowerBound
    }
  }

  /// Ends what towers and links have done, by request.
  mutating func endTowersAndTransfers() {
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
      let target = route(settings.entrances..<engines.count, after: routed.between)
      routed.between += 1
      engines[target].waiting.append(item.slot)
    }
  }
}
