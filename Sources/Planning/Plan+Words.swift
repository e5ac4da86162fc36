internal import Architectures
internal import Estimation
internal import Hardware
internal import Operators
internal import Quantities
internal import Serving

extension Plan {
  /// The answer in words, a sentence or two each.
  public var sentences: [String] {
    guard let best else { return infeasible }
    let figures = best.results.map(\.text).joined(separator: ", ")
    let holds = isInterrupted ? "The best so far" : cheapest.isEmpty ? "The smallest fleet" : "The cheapest fleet"
    var all = ["\(holds) is \(best.name)\(best.costText.map { " at \($0)" } ?? ""): \(figures)"]
    if !targets.contains(where: { $0.latency == .ttft }) {
      all.append(
        "Nothing is asked of TTFT, whose p95 is \(Seconds(best.figures.ttft.p95)) in this run: of a fleet that is "
          + "overloaded it grows with the run. Add --ttft")
    }
    if let comparison = comparison(best) { all.append(comparison) }
    all += reducers(cheapest.isEmpty ? unpriced : cheapest)
    if !cheapest.isEmpty, let fewest = unpriced.first {
      all.append("Of devices without a price, by number: \(fewest.name)")
    }
    return all
  }

  /// What the best fleet would be without its reducer, and what is cheapest without any.
  private func comparison(_ best: Deployment) -> String? {
    guard !best.candidate.isUnreduced, let known = unreduced(best) else { return nil }
    let input = best.candidate.input
    let elsewhere = (cheapest.isEmpty ? unpriced : cheapest).first { other in
      guard other.candidate.isUnreduced, other.candidate.setting != best.candidate.setting else { return false }
      guard let twin = known else { return true }
      if let cost = other.costPerHour, let own = twin.costPerHour { return cost < own }
      return other.devices < twin.devices
    }
    let others =
      elsewhere.map { "; the cheapest without it is \($0.name)\($0.costText.map { " at \($0)" } ?? "")" } ?? ""
    guard let twin = known else { return "Without \(input) no number of them within the limits holds\(others)" }
    let number = "Without \(input) it takes \(twin.devices) of them"
    guard let one = best.costPerHour, let other = twin.costPerHour else { return number + others }
    let difference =
      one < other
      ? "\(input) saves \((other - one).money) an hour, \(((1 - one / other) * 100).fixed(0)) %"
      : one > other ? "\(input) costs \((one - other).money) an hour more" : "\(input) saves no device here"
    return "\(number) at \(other.money) an hour: \(difference)\(others)"
  }

  /// Why a reducer needs more devices than none, where one does; and what is cheapest of each.
  private func reducers(_ fleets: [Deployment]) -> [String] {
    var all: [String] = []
    for fleet in fleets where !fleet.candidate.isUnreduced {
      guard let twin = unreduced(fleet) ?? nil, twin.devices < fleet.devices else { continue }
      all.append("\(fleet.candidate.input) needs more devices than no reducer: \(Self.reason(fleet, twin))")
    }
    return all.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  /// Why fewer visual tokens took more devices.
  private static func reason(_ fleet: Deployment, _ twin: Deployment) -> String {
    let (own, other) = (fleet.candidate.estimate, twin.candidate.estimate)
    func before(_ estimate: Estimate) -> Double {
      estimate.stages.reduce(0) { $0 + ($1.stage == .prefill ? 0 : $1.expectedSeconds.value) }
    }
    func prefill(_ estimate: Estimate) -> Double { estimate.expectedPrefillSeconds.value }
    let more = before(own) - before(other)
    let less = prefill(other) - prefill(own)
    let place = "\(fleet.name) for \(twin.name)"
    guard more > less else {
      return "\(place), though a request alone is sooner; requests meet in other passes than before"
    }
    return
      "\(place), as tower and reducer take \(Seconds(more)) more of a picture, and the prefill \(Seconds(max(0, less))) less"
  }

  /// What is said where nothing holds.
  private var infeasible: [String] {
    guard !isInterrupted else { return ["Nothing that holds was found so far"] }
    if let misfit { return ["No fleet fits the limits: \(misfit)"] + advice }
    var all = ["No fleet within the limits holds \(targets.map(\.text).joined(separator: " and "))"]
    if let nearest = failing.first { all.append("The nearest is \(nearest.name): \(nearest.missedText)") }
    return all + advice
  }
}
