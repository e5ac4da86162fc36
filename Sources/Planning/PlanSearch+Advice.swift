internal import Hardware
internal import Architectures
internal import Estimation
internal import Quantities
internal import Questions

extension PlanSearch {
  /// What would help where nothing holds: each sentence about a change that was tried, or that nobody asked to be tried.
  mutating func advice(_ plan: Plan) -> [String] {
    var sentences: [String] = []
    let looked = bounds.compactMap { $0 }
    let refuses = !plan.failing.isEmpty && plan.failing.allSatisfy { $0.refused > 0 }
    if !looked.isEmpty,
      looked.allSatisfy({
        $0.rule == .firstToken || $0.rule == .eachToken || $0.rule == .impossible || $0.rule == .pool
      })
    {
      if looked.contains(where: { $0.rule == .firstToken || $0.rule == .eachToken }) {
        sentences.append("More replicas do not help: a request alone on an engine takes longer")
      }
    } else if let larger = larger() {
      let options = limits.broken(by: larger.candidate, larger.scale)
      let words =
        options.count == 1 ? "A higher \(options[0]) helps" : "Higher \(options.joined(separator: " and ")) help"
      sentences.append("\(words): \(larger.name)\(larger.costText.map { " at \($0)" } ?? "") holds")
    } else if plan.misfit != nil, limits.costPerHour == nil || candidates.contains(where: { $0.pricePerHour != nil }) {
      sentences.append("Nor was a fleet found beyond the limits that holds")
    } else if plan.misfit == nil, !refuses {
      sentences.append(
        "More replicas alone do not help: \(Self.largerFactors.last ?? 1) times as many miss the targets too")
    }
    if looked.contains(where: { $0.rule == .pool }) && plan.failing.isEmpty || refuses {
      sentences.append(
        "No engine's cache holds the longest request: more devices an engine (--tensor-parallel), a narrower --precision or "
          + "--kv-precision, or shorter requests help")
    }
    if let nearest = plan.failing.first, let kept = Self.kept(by: nearest) {
      sentences.append("\(kept) would be kept by the nearest, \(nearest.name)")
    }
    let inputs = Set(candidates.map(\.input))
    if candidates.contains(where: { $0.estimate.model.vision != nil && $0.visualTokens > 0 }), inputs == ["none"] {
      sentences.append("Fewer visual tokens were not tried: --reducer prumerge")
    }
    if candidates.allSatisfy({ $0.estimate.serving.parallelism.devices == 1 }) {
      sentences.append("Engines over several devices were not tried: --tensor-parallel 1,2,4,8")
    }
    return sentences
  }

  /// The targets that a fleet which misses some would keep in their place; nil if it refuses requests.
  private static func kept(by nearest: Deployment) -> String? {
    guard nearest.refused == 0 else { return nil }
    let kept = nearest.results.filter { !$0.isKept }.compactMap { result in
      result.seconds.map { seconds in
        "--\(result.target.latency.rawValue.lowercased()) \(Seconds(seconds).roundedUp)@\(result.target.statistic.rawValue)"
      }
    }
    return kept.isEmpty ? nil : kept.joined(separator: " and ")
  }

  /// How many times the largest number is tried beyond the limits.
  private static let largerFactors = [1, 2, 4, 8, 16, 32, 64]

  /// A fleet beyond the limits that holds: of the nearest candidates the first, in some times the largest number; of those that
  /// are not allowed in any number the smallest one at first. None is smaller than its work allows.
  private mutating func larger() -> Deployment? {
    let open = candidates.indices.filter { index in
      // A limit of costs says nothing of devices without a price.
      bounds[index]?.rule == nil && (limits.costPerHour == nil || candidates[index].pricePerHour != nil)
    }
    let byFloor = open.sorted { (share($0), cost($0, 1), $0) < (share($1), cost($1, 1), $1) }
    for factor in Self.largerFactors {
      for index in byFloor.prefix(8) where !watch.isStopped() {
        let scale = (scales[index].last ?? limits.least) * factor
        guard factor > 1 || scales[index].isEmpty, scale >= bounds[index]?.least ?? 1 else { continue }
        guard candidates[index].devices <= 4096 / scale else { continue }
        watch.progress("beyond the limits: \(scale) x \(candidates[index].estimate.hardware.name)")
        guard case .ran(let deployment) = runner.run(candidates[index], scale), deployment.holds else { continue }
        return smallest(index, between: scales[index].isEmpty ? scale - 1 : scale / 2, deployment)
      }
    }
    return nil
  }

  /// The smallest number above one that does not hold and up to one that does, if all above it do.
  private func smallest(_ index: Int, between failing: Int, _ holding: Deployment) -> Deployment {
    var (low, best) = (failing, holding)
    while best.scale - low > 1, !watch.isStopped() {
      let middle = (low + best.scale) / 2
      if case .ran(let deployment) = runner.run(candidates[index], middle), deployment.holds {
        best = deployment
      } else {
        low = middle
      }
    }
    return best
  }

  /// How much of a target a candidate takes at least.
  private func share(_ index: Int) -> Double {
    guard let bounds = bounds[index] else { return .infinity }
    return runner.targets.map { ($0.latency == .ttft ? bounds.ttft : bounds.tpot) / $0.seconds }.max() ?? 0
  }
}

extension Seconds {
  /// The time with two significant digits, not less than it is: `520ms`.
  fileprivate var roundedUp: String {
    let milliseconds = value * 1000
    var step = 1.0
    while milliseconds / step >= 100 { step *= 10 }
    while milliseconds / step < 10, step > 1e-6 { step /= 10 }
    let rounded = (milliseconds / step).rounded(.up) * step
    return "\((rounded * 1e6).rounded() / 1e6 == rounded.rounded() ? rounded.rounded().shortest : rounded.fixed(3))ms"
  }
}
