internal import Quantities
internal import Questions

/// What a question allows of a fleet's size.
struct PlanLimits: Sendable {
  /// The numbers that may be tried, in rising order; nil for any.
  let replicas: [Int]?
  /// The most devices.
  let devices: Int
  /// The most that an hour may cost; nil for any.
  let costPerHour: Double?

  init(_ question: Question) {
    replicas = question.load.replicas.isEmpty ? nil : question.load.replicas.sorted()
    devices = question.plan.maxDevices ?? Plan.usualDevices
    costPerHour = question.plan.maxCostPerHour
  }

  /// The smallest number that may be tried.
  var least: Int { replicas?.first ?? 1 }

  /// The numbers of a candidate that are allowed, in rising order.
  func scales(of candidate: PlanCandidate) -> [Int] {
    let all = replicas ?? (candidate.devices <= devices ? Array(1...(devices / candidate.devices)) : [])
    return all.filter { broken(by: candidate, $0).isEmpty }
  }

  /// The options that do not allow a number of a candidate; a device without a price passes any limit of costs.
  func broken(by candidate: PlanCandidate, _ scale: Int) -> [String] {
    var options: [String] = []
    if let replicas, !replicas.contains(scale) { options.append("--replicas") }
    if candidate.devices > devices / scale { options.append("--max-gpus") }
    if let costPerHour, candidate.pricePerHour.map({ $0 * Double(scale) > costPerHour }) ?? true {
      options.append("--max-cost-per-hour")
    }
    return options
  }

  /// Why not even the smallest of some candidates is allowed, in words.
  func misfit(of candidates: [PlanCandidate]) -> String? {
    let known = costPerHour == nil ? candidates : candidates.filter { $0.pricePerHour != nil }
    guard
      let smallest = known.min(by: {
        costPerHour == nil ? $0.devices < $1.devices : $0.pricePerHour ?? 0 < $1.pricePerHour ?? 0
      })
    else { return "no price of the devices is known, which --max-cost-per-hour needs: --price-per-hour gives one" }
    let passed = broken(by: smallest, least).map { option in
      option == "--max-gpus"
        ? "has more devices than --max-gpus \(devices)"
        : "costs \(((smallest.pricePerHour ?? 0) * Double(least)).money) an hour, more than --max-cost-per-hour "
          + (costPerHour ?? 0).shortest
    }
    return "the smallest, \(Deployment.name(smallest, least)), \(passed.joined(separator: " and "))"
  }
}
