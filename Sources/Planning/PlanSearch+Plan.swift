internal import Documents
internal import Estimation
internal import Quantities

extension PlanSearch {
  /// Finds all that a plan says.
  mutating func fill(_ plan: inout Plan, cheapestAlone: Bool) {
    let all = Array(candidates.indices)
    let priced = all.filter { candidates[$0].pricePerHour != nil }
    let unpriced = all.filter { candidates[$0].pricePerHour == nil }
    findCheapest(of: priced, called: "by cost")
    findCheapest(of: unpriced, called: "devices without a price, by number")
    plan.cheapest = cheapest(of: priced, plan.frontLatency)
    plan.unpriced = cheapest(of: unpriced, plan.frontLatency)
    addTwins(&plan)
    let group = plan.cheapest.isEmpty ? unpriced : priced
    if plan.isFeasible, !cheapestAlone {
      plan.front = front(of: group, plan.frontLatency, called: plan.cheapest.isEmpty ? "by number" : "by cost")
      plan.failing = nearestFailing(of: group, plan.cheapest.isEmpty ? plan.unpriced : plan.cheapest)
    } else if !plan.isFeasible, !isStopped {
      plan.failing = nearestOfAll()
      if scales.allSatisfy(\.isEmpty) { plan.misfit = limits.misfit(of: candidates) }
      plan.advice = advice(plan)
    }
    plan.verdicts = verdicts
    (plan.simulations, plan.isInterrupted) = (simulations, isStopped)
    plan.omissions += obstacles
  }

  /// The cheapest fleets of a group, one of each candidate: so many as are wanted, and one of each way to drop tokens.
  private func cheapest(of group: [Int], _ latency: PlanTarget.Latency) -> [Deployment] {
    let held = group.compactMap { index in smallest(index).map { (index, $0) } }.sorted { a, b in
      let (first, second) = (a.1, b.1)
      if cost(first) != cost(second) { return cost(first) < cost(second) }
      if first.devices != second.devices { return first.devices < second.devices }
      let times = (first.p95(latency), second.p95(latency))
      return times.0 != times.1 ? times.0 < times.1 : a.0 < b.0
    }
    var inputs: Set<String> = []
    return held.enumerated().compactMap { place, entry in
      let isFirst = inputs.insert(entry.1.candidate.input).inserted
      return place < top || isFirst ? entry.1 : nil
    }
  }

  /// Looks for what each of the cheapest fleets would be if nothing dropped tokens.
  private mutating func addTwins(_ plan: inout Plan) {
    var unreduced: [PlanCandidate.Setting: Int] = [:]
    for index in candidates.indices where candidates[index].isUnreduced { unreduced[candidates[index].setting] = index }
    let wanted = (plan.cheapest + plan.unpriced).filter { !$0.candidate.isUnreduced }.compactMap {
      unreduced[$0.candidate.setting]
    }
    let indices = Set(wanted).sorted()
    findSmallest(of: indices)
    for index in indices where !isStopped || smallest(index) != nil {
      plan.twins[candidates[index].setting] = .some(smallest(index))
    }
  }

  /// Fleets that cost no more than those that are listed and miss a target, run to their ends: the dearest of each
  /// candidate, those that miss the least first.
  private mutating func nearestFailing(of group: [Int], _ listed: [Deployment]) -> [Deployment] {
    let most = listed.map { cost($0) }.max() ?? 0
    var tries: [(cost: Double, this: Try)] = []
    for index in group {
      let failed = fates[index].filter { scale, fate in
        guard cost(index, scale) <= most else { return false }
        switch fate {
        case .ran(let deployment): return !deployment.holds
        case .ruledOut(let rule): return rule == .late
        case .stopped: return false
        }
      }
      guard let scale = failed.keys.max() else { continue }
      tries.append((cost(index, scale), Try(index: index, scale: scale)))
    }
    tries.sort { ($0.cost, $1.this.index) > ($1.cost, $0.this.index) }
    return whole(tries.prefix(Self.failingTries).map(\.this))
  }

  /// How many fleets that fail are simulated to their ends, and how many of them are listed.
  private static let failingTries = 16, failingLimit = 5

  /// Runs fleets to their ends; those that miss the least first.
  private mutating func whole(_ tries: [Try]) -> [Deployment] {
    let before = fates
    defer { fates = before }
    look(at: tries, isWhole: true)
    let fleets = tries.compactMap { deployment($0.index, $0.scale) }.filter { !$0.holds }
    // What refuses requests is farther off than what is late.
    func distance(_ fleet: Deployment) -> (Int, Double) { (fleet.refused > 0 ? 1 : 0, fleet.worst?.share ?? 0) }
    let ranked = fleets.enumerated().sorted { a, b in
      let (first, second) = (distance(a.element), distance(b.element))
      return first != second ? first < second : a.offset < b.offset
    }
    return ranked.prefix(Self.failingLimit).map(\.element)
  }

  /// Of candidates none of which holds in any number: those that miss the least in the largest number that is allowed.
  private mutating func nearestOfAll() -> [Deployment] {
    var tries: [(share: Double, this: Try)] = []
    for index in candidates.indices {
      guard let scale = scales[index].last, let bounds = bounds[index], bounds.rule != .impossible, bounds.rule != .pool
      else { continue }
      let shares = runner.targets.map { ($0.latency == .ttft ? bounds.ttft : bounds.tpot) / $0.seconds }
      tries.append((shares.max() ?? 0, Try(index: index, scale: scale)))
    }
    tries.sort { ($0.share, $0.this.index) < ($1.share, $1.this.index) }
    return whole(tries.prefix(3 * Self.failingTries).map(\.this))
  }

  /// What became of all that was looked at.
  private var verdicts: [PlanVerdict] {
    candidates.indices.flatMap { index -> [PlanVerdict] in
      scales[index].compactMap { scale in
        func verdict(_ outcome: PlanVerdict.Outcome) -> PlanVerdict {
          PlanVerdict(candidate: candidates[index], scale: scale, outcome: outcome)
        }
        if let bounds = bounds[index] {
          if let rule = bounds.rule { return verdict(.ruledOut(rule)) }
          if scale < bounds.least { return verdict(.ruledOut(.work)) }
        }
        switch fates[index][scale] {
        case .ran(let deployment): return verdict(.simulated(deployment))
        case .ruledOut(let rule): return verdict(.ruledOut(rule))
        case .stopped, nil: return nil
        }
      }
    }
  }

  /// Why candidates cannot run, each reason once.
  private var obstacles: [String] {
    var all: [String] = []
    for case .some(let bounds) in bounds {
      if let obstacle = bounds.obstacle, !all.contains(obstacle) { all.append(obstacle) }
    }
    return all
  }
}
