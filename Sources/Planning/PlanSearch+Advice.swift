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
    if looked.allSatisfy({
      $0.rule == .firstToken || $0.rule == .eachToken || $0.rule == .impossible || $0.rule == .pool
    }) {
      if looked.contains(where: { $0.rule == .firstToken || $0.rule == .eachToken }) {
        sentences.append("More replicas do not help: a request alone on an engine takes longer")
      }
    } else if let larger = larger() {
      let limit = plan.question.plan.maxCostPerHour == nil ? "--max-gpus" : "--max-gpus and --max-cost-per-hour"
      sentences.append("A higher \(limit) helps: \(larger.name) holds")
    } else {
      sentences.append("More replicas alone do not help: four times as many miss the targets too")
    }
    if looked.contains(where: { $0.rule == .pool }), plan.failing.isEmpty {
      sentences.append(
        "No engine's cache holds the longest request: more devices an engine (--tensor-parallel), a narrower --precision or "
          + "--kv-precision, or shorter requests help")
    }
    if let nearest = plan.failing.first {
      let kept = nearest.results.filter { !$0.isKept }.compactMap { result in
        result.seconds.map { seconds in
          "--\(result.target.latency.rawValue.lowercased()) \(Seconds(seconds).roundedUp)@\(result.target.statistic.rawValue)"
        }
      }
      if !kept.isEmpty {
        sentences.append("\(kept.joined(separator: " and ")) would be kept by the nearest, \(nearest.name)")
      }
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

  /// A fleet beyond the limits that holds: of the nearest candidates the first, in twice or four times the largest number.
  private mutating func larger() -> Deployment? {
    let open = candidates.indices.filter { bounds[$0]?.rule == nil && scales[$0].last != nil || scales[$0].isEmpty }
    let byFloor = open.sorted { (share($0), $0) < (share($1), $1) }
    for factor in [2, 4] {
      for index in byFloor.prefix(8) where !watch.isStopped() {
        let scale = (scales[index].last ?? 1) * factor
        guard candidates[index].devices <= 4096 / scale else { continue }
        watch.progress("beyond the limits: \(scale) x \(candidates[index].estimate.hardware.name)")
        if case .ran(let deployment) = runner.run(candidates[index], scale), deployment.holds { return deployment }
      }
    }
    return nil
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
