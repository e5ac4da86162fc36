internal import Serving
internal import Quantities

extension PlanSearch {
  /// Fleets are on the front up to so many times what the cheapest costs.
  static let frontReach = 2.0

  /// The fleets of a group that hold, that cost no more than twice the cheapest, and than which none is better in both cost
  /// and the p95 of a latency; in rising order of cost.
  ///
  /// Not simulated is what cannot be on the front: its cost is known, its latency has a floor, and a fleet that holds is no
  /// dearer and has a latency below that floor.
  mutating func front(of group: [Int], _ latency: PlanTarget.Latency, called name: String) -> [Deployment] {
    let held = group.compactMap { smallest($0) }
    guard let least = held.map({ cost($0) }).min() else { return [] }
    let open = tries(of: group, upTo: least * Self.frontReach)
    var points = Front()
    var place = 0
    while place < open.count, !isStopped {
      // All that cost the same are one round at least, so that none is left out for another that is not better.
      var round: [Try] = []
      while place < open.count, round.count < 4 * 8 || open[place].cost == open[place - 1].cost {
        let (cost, this) = open[place]
        place += 1
        if let known = deployment(this.index, this.scale) {
          if known.holds { points.add(cost, known.p95(latency), known) }
          continue
        }
        guard fates[this.index][this.scale] == nil, this.scale >= bounds[this.index]?.least ?? 1,
          bounds[this.index]?.rule == nil
        else { continue }
        if let bounds = bounds[this.index], points.excludes(cost, latency == .ttft ? bounds.ttft : bounds.tpot) {
          continue
        }
        round.append(this)
      }
      guard !round.isEmpty else { continue }
      watch.progress(
        "\(name), front of cost and latency: \(open.count - place) fleets left, \(simulations) simulations")
      look(at: round)
      for this in round {
        guard let known = deployment(this.index, this.scale), known.holds else { continue }
        points.add(cost(this.index, this.scale), known.p95(latency), known)
      }
    }
    return points.fleets
  }

  /// Candidates of a group, each in all numbers that cost no more than so much, in rising order of cost.
  private func tries(of group: [Int], upTo limit: Double) -> [(cost: Double, this: Try)] {
    let open = group.flatMap { index in
      scales[index].map { (cost: cost(index, $0), this: Try(index: index, scale: $0)) }.filter { $0.cost <= limit }
    }
    return open.sorted { ($0.cost, $0.this.index, $0.this.scale) < ($1.cost, $1.this.index, $1.this.scale) }
  }

  /// What a deployment costs.
  func cost(_ deployment: Deployment) -> Double { deployment.costPerHour ?? Double(deployment.devices) }
}

/// Fleets that none is better than in both cost and latency.
private struct Front {
  private var points: [(cost: Double, latency: Double, fleet: Deployment)] = []

  /// In rising order of cost.
  var fleets: [Deployment] { points.map(\.fleet) }

  /// Whether a fleet of this cost and at least this latency is worse than one that is known.
  func excludes(_ cost: Double, _ latency: Double) -> Bool {
    points.contains { $0.cost <= cost && $0.latency < latency }
  }

  /// Adds a fleet, and drops those that it beats; the first of equal ones stays.
  mutating func add(_ cost: Double, _ latency: Double, _ fleet: Deployment) {
    guard !points.contains(where: { $0.cost <= cost && $0.latency <= latency }) else { return }
    points.removeAll { $0.cost >= cost && $0.latency >= latency }
    points.append((cost, latency, fleet))
    points.sort { $0.cost < $1.cost }
  }
}

extension Deployment {
  /// The 95th percentile of a latency, in seconds.
  package func p95(_ latency: PlanTarget.Latency) -> Double { latency == .ttft ? figures.ttft.p95 : figures.tpot.p95 }
}
