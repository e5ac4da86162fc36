internal import Traffic
internal import Documents
internal import Estimation
internal import Quantities
internal import Questions
internal import Serving

/// Simulates candidates: what a search does with one of them, on any thread.
struct FleetRunner: Sendable {
  let studies: [LoadStudy]
  let load: Question.Load
  let targets: [PlanTarget]
  /// What decides the draws of each run that must hold.
  let seeds: [UInt64]
  /// How many requests there are; nil where the load says it.
  let requests: Int?
  /// Is asked now and then; true stops a run.
  let isStopped: @Sendable () -> Bool

  /// Bounds of a candidate, whatever its number.
  struct Bounds: Sendable {
    /// What rules out any number.
    var rule: PlanRule?
    /// Why it cannot run, in words.
    var obstacle: String?
    /// The least number that the work takes.
    var least = 1
    /// No p95 of latencies is below these.
    var ttft = 0.0, tpot = 0.0
  }

  /// What a run came to.
  enum Fate: Sendable {
    case ruledOut(PlanRule)
    case ran(Deployment)
    /// The user stopped it.
    case stopped
  }

  /// The bounds of a candidate.
  func bounds(of candidate: PlanCandidate, upTo limit: Int) -> Bounds {
    var bounds = Bounds()
    do throws(Diagnostic) {
      let prepared = try prepared(candidate, seed: seeds[0])
      let floors = try RequestFloors(prepared, warmup: load.warmup)
      if (floors.longest + prepared.fleet.scheduler.blockTokens - 1) / prepared.fleet.scheduler.blockTokens
        > prepared.fleet.scheduler.blocks
      {
        bounds.rule = .pool
      }
      for target in targets {
        bounds.rule = bounds.rule ?? floors.rule(against: target)
        let entrances = candidate.split.parts?.prefill ?? 1
        let engines = floors.leastEngines(for: target, upTo: limit * entrances)
        bounds.least = max(bounds.least, (engines + entrances - 1) / entrances)
      }
      bounds.ttft = floors.ttft.quantile(0.95) ?? 0
      bounds.tpot = floors.tpot.quantile(0.95) ?? 0
    } catch {
      (bounds.rule, bounds.obstacle) = (.impossible, error.message)
    }
    return bounds
  }

  /// A candidate's fleet and requests before they run.
  private func prepared(
    _ candidate: PlanCandidate, seed: UInt64, rate: Double? = nil, requests: Int? = nil
  ) throws(Diagnostic) -> LoadStudy.Prepared {
    let variation = LoadStudy.Variation(seed: seed, requests: requests ?? self.requests, rate: rate)
    return try studies[candidate.study].prepared(candidate.index, variation)
  }

  /// Runs a candidate in a number under every seed, to its end if `isWhole`, else as long as it may hold.
  func run(
    _ candidate: PlanCandidate, _ scale: Int, isWhole: Bool = false, rate: Double? = nil, requests: Int? = nil
  ) -> Fate {
    var worst: Deployment?
    do throws(Diagnostic) {
      for seed in seeds {
        let prepared = try prepared(candidate, seed: seed, rate: rate, requests: requests)
        var fleet = prepared.fleet
        fleet.scale(by: scale)
        var simulation = try Simulation(fleet, prepared.traffic, price: prepared.price, draftPrice: prepared.draftPrice)
        var watch = Simulation.Watch(isStopped: { _, _ in isStopped() })
        watch.limits = isWhole ? nil : limits(prepared)
        let result = try simulation.run(watch)
        if result.isTooLate { return .ruledOut(.late) }
        if result.isInterrupted { return .stopped }
        let run = deployment(candidate, scale, fleet, result, rate: rate ?? load.rates.first)
        if worst.map({ ($0.worst?.share ?? 0) < (run.worst?.share ?? 0) || $0.refused < run.refused }) ?? true {
          worst = run
        }
        if !isWhole, !run.holds { break }
      }
    } catch {
      return .ruledOut(.impossible)
    }
    return worst.map { .ran($0) } ?? .stopped
  }

  /// How late requests may be.
  private func limits(_ prepared: LoadStudy.Prepared) -> LatenessLimits {
    var traffic = prepared.traffic
    var counted = (all: 0, long: 0)
    var number = 0
    while let request = traffic.nextRequest() {
      defer { number += 1 }
      guard number >= load.warmup else { continue }
      counted.all += 1
      if request.output > 1 { counted.long += 1 }
    }
    var limits = LatenessLimits()
    limits.warmup = load.warmup
    for target in targets {
      switch target.latency {
      case .ttft: limits.ttft = target.limit(of: counted.all)
      case .tpot: limits.tpot = target.limit(of: counted.long)
      }
    }
    return limits
  }

  private func deployment(
    _ candidate: PlanCandidate, _ scale: Int, _ fleet: FleetSettings, _ result: SimulationResult, rate: Double?
  ) -> Deployment {
    let row = studies[candidate.study].row(candidate.index, fleet, result)
    let results = targets.map { target in
      let seconds = target.value(of: row.figures)
      return Deployment.TargetResult(target: target, seconds: seconds.isNaN ? nil : seconds)
    }
    return Deployment(
      candidate: candidate, scale: scale, figures: row.figures, energyJoules: row.energyJoules,
      busyShare: result.busyShare, refused: result.refused, results: results, rate: rate)
  }
}

extension FleetSettings {
  /// Makes it so many times as large.
  fileprivate mutating func scale(by scale: Int) {
    if apart == nil {
      replicas = scale
    } else {
      apart?.prefill *= scale
      apart?.decode *= scale
    }
  }
}
