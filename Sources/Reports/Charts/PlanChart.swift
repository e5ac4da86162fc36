internal import Charts
internal import Documents
internal import Estimation
internal import Hardware
internal import Planning
internal import Quantities
internal import Questions
internal import Serving

extension Chart {
  /// More fleets are not named.
  private static let fleetLimit = 24

  /// Fleets by what they cost and by a latency: the front as a line, and the others that are listed.
  static func plan(_ plan: Plan, title: String) -> Chart {
    let latency = plan.frontLatency
    let isPriced = !plan.cheapest.isEmpty || plan.failing.contains { $0.costPerHour != nil } && plan.unpriced.isEmpty
    func cost(_ fleet: Deployment) -> Double? { isPriced ? fleet.costPerHour : Double(fleet.devices) }
    func place(_ fleet: Deployment) -> ChartPoint? {
      let time = fleet.p95(latency)
      guard let cost = cost(fleet), time.isFinite else { return nil }
      return ChartPoint(cost, time)
    }
    var seen: Set<[OutputValue]> = []
    let all = (plan.front + (isPriced ? plan.cheapest : plan.unpriced) + plan.failing).filter {
      seen.insert($0.identity).inserted
    }
    var marks: [Mark] = []
    let front = plan.front.compactMap(place)
    if front.count > 1 { marks.append(Mark(.line(front), style: .reference)) }
    let points = all.compactMap { fleet in place(fleet).map { (fleet: fleet, point: $0) } }
    let target = plan.targets.first { $0.latency == latency && $0.statistic == .p95 }
    if let target { marks += line(of: target, over: points.map(\.point.x)) }
    let money = isPriced ? " an hour" : " devices"
    var sentences: [String] = []
    for (fleet, point) in points {
      let figures =
        "\(isPriced ? point.x.price : point.x.shortest)\(money), p95 \(latency.rawValue) \(Seconds(point.y))"
      marks.append(
        Mark(
          .point(point, radius: 5), series: fleet.candidate.estimate.hardware.name, style: fleet.holds ? .solid : .ring,
          label: marks.count <= fleetLimit ? fleet.name : nil, figures: "\(fleet.name): \(figures)"))
      if sentences.count < 8 { sentences.append("\(fleet.name): \(figures).") }
    }
    let keys =
      (points.contains { !$0.fleet.holds } ? [Key(.ring, "misses a target")] : [])
      + (front.count > 1 ? [Key(.reference, "nothing that holds is better in both")] : [])
    return Chart(
      title: title, summary: "\(points.count) fleets by cost and latency. \(sentences.joined(separator: " "))",
      x: Axis(isPriced ? "cost of an hour (in the unit of the prices)" : "devices", .none, .linear(fromZero: false)),
      y: Axis("p95 \(latency.rawValue)", .seconds, scale(points.map(\.point.y))), marks: marks, keys: keys)
  }

  /// A target over the places of what is drawn.
  private static func line(of target: PlanTarget, over xs: [Double]) -> [Mark] {
    guard let low = xs.min(), let high = xs.max(), high > low else { return [] }
    return [
      Mark(
        .line([ChartPoint(low, target.seconds), ChartPoint(high, target.seconds)]), series: "target: \(target.text)",
        figures: target.text)
    ]
  }
}
