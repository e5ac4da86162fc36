internal import Questions
internal import Engines
public import Documents
internal import Architectures
internal import Estimation
internal import Hardware
internal import Operators
internal import Quantities
internal import Serving

extension PlanCandidate {
  /// The candidate in a number, for machines.
  func fields(_ scale: Int) -> [OutputRecord.Field] {
    var record = OutputRecord(["model": .text(estimate.model.name)])
    record.fields += Self.traits.map { .init(key: $0.key, value: $0.value(self)) }
    record.fields +=
      OutputRecord([
        "replicas": .number(scale), "devices": .number(devices * scale),
        "cost_per_hour": .number(pricePerHour.map { $0 * Double(scale) }),
      ]).fields
    return record.fields
  }
}

extension Deployment {
  /// What came of it, for machines; nulls of a fleet that never ran.
  static func fields(of deployment: Deployment?) -> [OutputRecord.Field] {
    let figures = deployment?.figures
    var record = OutputRecord([
      "holds": .boolean(deployment?.holds), "refused": .number(deployment.map { Double($0.refused) }),
      "requests": .number(figures.map { Double($0.requests) }),
      "cost_per_million_tokens": .number(deployment?.costPerMillionTokens),
      "cost_per_thousand_requests": .number(deployment?.costPerThousandRequests),
      "energy_joules": .number(deployment?.energyJoules),
      "energy_joules_per_request": .number(deployment?.joulesPerRequest),
    ])
    for (name, times) in [("ttft", figures?.ttft), ("tpot", figures?.tpot), ("e2e", figures?.endToEnd)] {
      let values = [
        ("mean", times?.mean), ("p50", times?.p50), ("p90", times?.p90), ("p95", times?.p95), ("p99", times?.p99),
      ]
      record.fields += values.map { .init(key: "\(name)_\($0.0)_seconds", value: .number($0.1)) }
    }
    record.fields +=
      OutputRecord([
        "output_tokens_per_second": .number(figures?.outputTokensPerSecond),
        "requests_per_second": .number(figures?.requestsPerSecond),
        "goodput_requests_per_second": .number(figures?.goodputPerSecond),
        "busy_share": .number(deployment?.busyShare), "duration_seconds": .number(figures?.seconds),
      ]).fields
    return record.fields
  }
}

extension Plan {
  /// The lists that a fleet may be on.
  enum List: String {
    case cheapest, unpriced, front, failing
  }

  /// All fleets of all lists, for machines.
  public var records: [OutputRecord] {
    [(List.cheapest, cheapest), (.unpriced, unpriced), (.front, front), (.failing, failing)].flatMap { list, fleets in
      fleets.enumerated().map { record($0.element, list, rank: $0.offset + 1) }
    }
  }

  private func record(_ deployment: Deployment, _ list: List, rank: Int) -> OutputRecord {
    let twin = list == .cheapest || list == .unpriced ? unreduced(deployment) ?? nil : nil
    var record = OutputRecord(["list": .text(list.rawValue), "rank": .number(rank)])
    record.fields += deployment.candidate.fields(deployment.scale) + Deployment.fields(of: deployment)
    record.fields +=
      OutputRecord([
        "unreduced_devices": .number(twin.map { Double($0.devices) }),
        "unreduced_cost_per_hour": .number(twin?.costPerHour),
      ]).fields
    return record
  }

  /// How many candidates and fleets each rule ruled out, in the order of the rules.
  package var ruledOut: [(rule: PlanRule, candidates: Int, fleets: Int)] {
    PlanRule.allCases.compactMap { rule in
      let fleets = verdicts.filter { if case .ruledOut(rule) = $0.outcome { true } else { false } }
      guard !fleets.isEmpty else { return nil }
      return (rule, Set(fleets.map(\.candidate.place)).count, fleets.count)
    }
  }
}

extension PlanCandidate {
  /// Its place among all.
  fileprivate var place: [Int] { [study, index] }
}

extension RateSearch {
  /// All fleets, for machines.
  public var records: [OutputRecord] {
    found.map { found in
      var record = OutputRecord(["rate": .number(found.rate), "failing_rate": .number(found.failing)])
      record.fields += found.candidate.fields(found.scale) + Deployment.fields(of: found.deployment)
      return record
    }
  }

  /// The answer in words, a sentence for each fleet, of a few.
  public var sentences: [String] {
    found.prefix(3).map { found in
      let name = Deployment.name(found.candidate, found.scale)
      guard let rate = found.rate else {
        guard let failing = found.failing else { return "\(name) was not tried before the search was stopped" }
        let missed = found.missed?.missedText ?? "it does not hold"
        return "\(name) sustains no rate: at \(failing.rateText) a second \(missed)"
      }
      guard let failing = found.failing else {
        return "\(name) sustains at least \(rate.rateText) requests a second; none that was tried fails"
      }
      let missed = found.missed?.missedText ?? ""
      return "\(name) sustains \(rate.rateText) requests a second; at \(failing.rateText) "
        + (missed.isEmpty ? "it does not" : missed)
    }
  }
}
