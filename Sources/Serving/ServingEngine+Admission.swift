internal import Engines

extension ServingEngine {
  /// Admits waiting requests in their order, as far as they fit.
  mutating func admit(_ jobs: inout Jobs) {
    let block = settings.blockTokens
    while pass.left > 0, running.count < settings.sequences, let slot = waiting.first {
      let isReceived = jobs[slot].isReceived
      let found = isReceived ? (count: 0, free: 0) : pool.hits(slot, jobs, blockTokens: block)
      let computed = isReceived ? jobs[slot].length - 1 : found.count * block
      let decodes = jobs[slot].decodes(after: computed)
      let rest = jobs[slot].length - computed
      var take = jobs[slot].take(after: computed, left: pass.left, drafts: drafts)
      if !settings.isChunked, !decodes, take < rest {
        guard pass.takes.isEmpty else { return }
        take = rest
      }
      let wanted = settings.blocks(of: wantedTokens(slot, computed + take, jobs)) - found.count
      guard wanted + found.free <= pool.free - claims else { return }
      waiting.removeFirst()
      running.append(Int32(slot))
      pool.use(found.count, of: slot, &jobs)
      jobs[slot].computed = computed
      jobs[slot].isReceived = false
      if settings.admission == .all { claims += claim(of: slot, jobs) }
      get(settings.blocks(of: computed + take) - found.count, for: slot, &jobs)
      self.take(slot, take, decodes: decodes, &jobs)
    }
  }

  /// Tokens for which there must be room before a request is admitted whose next pass ends at so many.
  private func wantedTokens(_ slot: Int, _ next: Int, _ jobs: borrowing Jobs) -> Int {
    switch settings.admission {
    case .chunk: next
    case .prompt: max(next, jobs[slot].length)
    case .all: jobs[slot].prompt + jobs[slot].output
    }
  }
}
