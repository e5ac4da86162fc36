internal import Engines

/// One engine with its pool: a queue, the running requests, and the pass in flight.
struct ServingEngine {
  let settings: SchedulerSettings
  /// Drafts a decode may take besides its token.
  let drafts: Int
  /// Whether the towers of its requests run in its passes.
  let runsTowers: Bool
  var waiting = SlotQueue()
  /// In order of admission.
  var running: [Int32] = []
  var pool: BlockPool
  var pass = PlannedPass()
  /// Whether a pass is in flight.
  var isBusy = false
  /// Requests in its tower.
  var inTower = 0
  /// Blocks that running requests may still claim; only counted where admission asks.
  var claims = 0

  /// An engine without requests.
  init(_ settings: SchedulerSettings, drafts: Int, runsTowers: Bool) {
    (self.settings, self.drafts, self.runsTowers) = (settings, drafts, runsTowers)
    pool = BlockPool(
      blocks: settings.blocks, blockTokens: settings.blockTokens, sharesPrefixes: settings.sharesPrefixes)
  }

  /// Requests in its tower, waiting or running.
  var inside: Int { inTower + waiting.count + running.count }

  /// Plans the next pass.
  ///
  /// - Returns: whether there is one: not where nothing can be taken before blocks that are being sent come back.
  mutating func plan(_ jobs: inout Jobs) -> Bool {
    guard !running.isEmpty || !waiting.isEmpty else { return false }
    switch settings.policy {
    case .mixed: planMixed(&jobs)
    case .prefillFirst: planPrefillFirst(&jobs)
    }
    pass.free = pool.free
    return !pass.takes.isEmpty
  }

  /// Which requests a walk looks at.
  enum Kind { case all, fills, decodes }

  /// Takes running requests in their order; makes victims of the last ones where blocks are short.
  mutating func takeRunning(_ kind: Kind, _ jobs: inout Jobs) {
    let block = settings.blockTokens
    var index = 0
    while index < running.count, pass.left > 0 {
      let slot = Int(running[index])
      index += 1
      let computed = jobs[slot].computed
      let decodes = jobs[slot].decodes(after: computed)
      switch kind {
      case .all: break
      case .fills: if decodes { continue }
      case .decodes: if !decodes { continue }
      }
      let take = jobs[slot].take(after: computed, left: pass.left, drafts: drafts)
      if computed + take > jobs[slot].held * block {
        let wanted = settings.blocks(of: computed + take) - jobs[slot].held
        while wanted > pool.free {
          let victim = Int(running.removeLast())
          preempt(victim, &jobs)
          if victim == slot { return }
        }
        get(wanted, for: slot, &jobs)
      }
      self.take(slot, take, decodes: decodes, &jobs)
    }
  }

  /// Puts a request into the pass.
  mutating func take(_ slot: Int, _ take: Int, decodes: Bool, _ jobs: inout Jobs) {
    let computed = jobs[slot].computed
    pass.left = max(0, pass.left - take)
    pass.takes.append(
      PlannedPass.Take(slot: Int32(slot), take: Int32(take), computed: Int32(computed), decodes: decodes))
    pool.name(upTo: (computed + take) / settings.blockTokens, of: slot, &jobs)
    if runsTowers, jobs[slot].awaitsTower {
      pass.tower += jobs[slot].tower
      jobs[slot].awaitsTower = false
    }
  }

  private mutating func preempt(_ victim: Int, _ jobs: inout Jobs) {
    dropClaim(of: victim, jobs)
    pool.giveBack(victim, &jobs)
    jobs[victim].computed = 0
    jobs[victim].preemptions += 1
    waiting.prepend(victim)
    pass.victims.append(jobs[victim].number)
  }

  /// Gives a request blocks more.
  mutating func get(_ count: Int, for slot: Int, _ jobs: inout Jobs) {
    pool.get(count, for: slot, &jobs)
    if settings.admission == .all { claims -= count }
  }

  /// Blocks that a running request may still claim.
  func claim(of slot: Int, _ jobs: borrowing Jobs) -> Int {
    settings.blocks(of: jobs[slot].prompt + jobs[slot].output) - jobs[slot].held
  }

  /// Claims of a request that leaves `running`, before it gives its blocks back.
  mutating func dropClaim(of slot: Int, _ jobs: borrowing Jobs) {
    if settings.admission == .all { claims -= claim(of: slot, jobs) }
  }
}
