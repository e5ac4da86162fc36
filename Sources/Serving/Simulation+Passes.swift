internal import Documents
internal import Engines
internal import Traffic

extension Simulation {
  mutating func planPasses() throws(Diagnostic) {
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

  mutating func endPasses(_ watch: Watch) throws(Diagnostic) {
    for index in engines.indices where engines[index].isBusy && engines[index].pass.end <= now {
      engines[index].isBusy = false
      try endPass(index, watch)
    }
  }

  /// Delivers the tokens of a pass, and lets go of requests that ended.
  private mutating func endPass(_ index: Int, _ watch: Watch) throws(Diagnostic) {
    let isFirstHalf = index < settings.apart?.prefill ?? 0
    var record = watch.pass == nil ? nil : Simulation.PassRecord(index, engines[index].pass, jobs)
    var gone = 0
    for position in engines[index].pass.takes.indices {
      let taken = engines[index].pass.takes[position]
      let slot = Int(taken.slot)
      let produced = compute(taken, slot)
      guard produced > 0 else { continue }
      if jobs[slot].done == 0 {
        jobs[slot].first = now
        limits?.takeFirst(jobs[slot].number, seconds: now - jobs[slot].arrival + result.requestSeconds)
      }
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

  /// Computes the tokens that a pass takes of a request; gives how many tokens that delivers.
  private mutating func compute(_ taken: PlannedPass.Take, _ slot: Int) -> Int {
    if taken.decodes {
      let produced = 1 + accepted(of: Int(taken.take) - 1, slot)
      jobs[slot].computed += produced
      return produced
    }
    jobs[slot].computed += Int(taken.take)
    return jobs[slot].computed == jobs[slot].length ? 1 : 0
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
    let job = jobs[slot]
    if job.output > 1 { limits?.takeNext(job.number, seconds: (now - job.first) / Double(job.output - 1)) }
    result.end(job, at: now)
    jobs.remove(slot)
    inside -= 1
    ready += 1
  }
}
