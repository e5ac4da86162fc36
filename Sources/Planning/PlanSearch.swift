internal import Documents
internal import Jobs
internal import Quantities
internal import Questions

/// The search for a plan: candidates in rising order of what they cost, some at a time on all processors.
///
/// What is simulated does not depend on how fast which thread is: rounds are made of what is known before they begin.
struct PlanSearch {
  let candidates: [PlanCandidate]
  let runner: FleetRunner
  let watch: Plan.Watch
  let top: Int
  let limits: PlanLimits
  /// The numbers of each candidate that the limits allow, in rising order.
  let scales: [[Int]]
  /// What no number of a candidate changes; nil where nobody looked.
  var bounds: [FleetRunner.Bounds?]
  /// What became of each candidate's numbers.
  var fates: [[Int: FleetRunner.Fate]]
  var isStopped = false
  private(set) var simulations = 0

  /// Candidates of a round, for each processor.
  private static let width = 4

  init(_ fleets: PlanFleets, _ question: Question, _ targets: [PlanTarget], _ watch: Plan.Watch) {
    candidates = fleets.candidates
    runner = FleetRunner(
      studies: fleets.studies, load: question.load, targets: targets, seeds: question.seeds(usually: 1),
      requests: fleets.requests,
      isStopped: watch.isStopped)
    self.watch = watch
    top = question.rows.top ?? Plan.usualTop
    let limits = PlanLimits(question)
    self.limits = limits
    scales = candidates.map { limits.scales(of: $0) }
    bounds = candidates.map { _ in nil }
    fates = candidates.map { _ in [:] }
  }

  /// What is kept small: what an hour costs or, without a price, the number of devices.
  func cost(_ index: Int, _ scale: Int) -> Double {
    (candidates[index].pricePerHour ?? Double(candidates[index].devices)) * Double(scale)
  }

  /// A candidate in a number.
  struct Try: Hashable {
    let index, scale: Int
  }

  /// Looks at candidates, those of a round at the same time.
  mutating func look(at tries: [Try], isWhole: Bool = false) {
    let (runner, candidates, known) = (runner, candidates, bounds)
    let most = scales.map { $0.last ?? 1 }
    @Sendable func work(_ place: Int) -> (FleetRunner.Bounds, FleetRunner.Fate) {
      let this = tries[place]
      let own = known[this.index] ?? runner.bounds(of: candidates[this.index], upTo: most[this.index])
      if let rule = own.rule, !isWhole || rule == .impossible { return (own, .ruledOut(rule)) }
      if this.scale < own.least, !isWhole { return (own, .ruledOut(.work)) }
      return (own, runner.run(candidates[this.index], this.scale, isWhole: isWhole))
    }
    var place = 0
    let wasStopped = OrderedJobs.run(tries.count, isStopped: watch.isStopped, worker: { work }) { bounds, fate in
      take(tries[place], bounds, fate)
      place += 1
      return true
    }
    if wasStopped { isStopped = true }
  }

  private mutating func take(_ this: Try, _ found: FleetRunner.Bounds, _ fate: FleetRunner.Fate) {
    bounds[this.index] = found
    switch fate {
    case .stopped:
      isStopped = true
      return
    case .ran, .ruledOut(.late): simulations += 1
    case .ruledOut: break
    }
    fates[this.index][this.scale] = fate
  }

  /// The deployment of a candidate in a number, if it was simulated to its end.
  func deployment(_ index: Int, _ scale: Int) -> Deployment? {
    if case .ran(let deployment)? = fates[index][scale] { deployment } else { nil }
  }

  /// The smallest number of a candidate that is known to hold.
  func smallest(_ index: Int) -> Deployment? {
    scales[index].lazy.compactMap { deployment(index, $0) }.first { $0.holds }
  }

  /// The next number of a candidate that nobody looked at and that no rule excludes; nil if one before it holds.
  private func next(_ index: Int) -> Int? {
    if let known = bounds[index], known.rule != nil { return nil }
    for scale in scales[index] where scale >= bounds[index]?.least ?? 1 {
      guard let fate = fates[index][scale] else { return scale }
      if case .ran(let deployment) = fate, deployment.holds { return nil }
    }
    return nil
  }

  /// Looks at candidates in rising order of cost until the cheapest so many that hold are known, and one of each way to
  /// drop tokens.
  mutating func findCheapest(of group: [Int], called name: String) {
    while !isStopped {
      let held = group.compactMap { index in smallest(index).map { (index: index, cost: cost(index, $0.scale)) } }
      let costs = held.map(\.cost).sorted()
      let threshold = costs.count >= top ? costs[top - 1] : .infinity
      var ofInput: [String: Double] = [:]
      for (index, cost) in held {
        let input = candidates[index].input
        ofInput[input] = min(ofInput[input] ?? .infinity, cost)
      }
      var open: [(cost: Double, this: Try)] = []
      for index in group {
        guard let scale = next(index) else { continue }
        let cost = cost(index, scale)
        guard cost <= max(threshold, ofInput[candidates[index].input] ?? .infinity) else { continue }
        open.append((cost, Try(index: index, scale: scale)))
      }
      guard !open.isEmpty else { return }
      open.sort { ($0.cost, $0.this.index) < ($1.cost, $1.this.index) }
      watch.progress("\(name): \(open.count) candidates left, \(held.count) hold, \(simulations) simulations")
      look(at: open.prefix(Self.width * processors).map(\.this))
    }
  }

  /// Looks for the smallest number that holds of some candidates.
  mutating func findSmallest(of group: [Int]) {
    while !isStopped {
      let open = group.compactMap { index in next(index).map { Try(index: index, scale: $0) } }
      guard !open.isEmpty else { return }
      watch.progress("without reducers: \(open.count) candidates left")
      look(at: open)
    }
  }
}
