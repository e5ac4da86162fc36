internal import Architectures
internal import Engines
internal import Estimation
internal import Hardware
internal import Operators
internal import Planning
internal import Quantities
internal import Questions
internal import Serving

/// The columns of tables of fleets: those in which some differ, and what came of them.
struct FleetColumns {
  /// A column, and whether it is there though all fleets are alike.
  struct Column: Sendable {
    var column: ReportTable.Column
    var isAlways = true
    var text: @Sendable (Deployment) -> String
  }

  private let shown: [Column]
  /// Of tables in which fleets may be like others without a reducer.
  private let compared: [Column]

  init(_ fleets: [Deployment], _ plan: Plan) {
    shown = (Self.asked + Self.told(plan.targets)).filter { column in
      let texts = Set(fleets.map(column.text))
      return column.isAlways || texts.count > 1
    }
    let isCompared = fleets.contains { !$0.candidate.isUnreduced }
    compared =
      isCompared
      ? [
        Column(column: .text("unreduced")) { fleet in
          guard !fleet.candidate.isUnreduced, let known = plan.unreduced(fleet) else { return "" }
          guard let twin = known else { return "none holds" }
          return "\(twin.devices)\(twin.costPerHour.map { " at \($0.price)" } ?? "")"
        }
      ] : []
  }

  /// A table of some fleets.
  func table(_ fleets: [Deployment], _ caption: String) -> ReportTable {
    let columns = (shown + compared).filter { column in fleets.contains { !column.text($0).isEmpty } }
    return ReportTable(
      columns.map(\.column), caption: caption, rows: fleets.map { fleet in columns.map { $0.text(fleet) } })
  }

  /// What tells candidates apart.
  private static let asked: [Column] =
    [Column(column: .number("GPUs")) { "\($0.devices)" }]
    + PlanCandidate.traits.filter(\.isShown).map { trait in
      Column(column: trait.column, isAlways: trait.key == "hardware") { trait.text($0.candidate) }
    }

  /// What came of them.
  private static func told(_ targets: [PlanTarget]) -> [Column] {
    let costs: [Column] = [
      Column(column: .number("cost/h"), isAlways: false) { $0.costPerHour?.price ?? "" },
      Column(column: .number("cost/1M", priority: 2), isAlways: false) { $0.costPerMillionTokens?.price ?? "" },
      Column(column: .number("cost/1k", priority: 1), isAlways: false) {
        $0.costPerThousandRequests?.price ?? ""
      },
      Column(column: .number("J/request", priority: 2), isAlways: false) {
        $0.joulesPerRequest.map { $0.fixed($0 < 10 ? 1 : 0) } ?? ""
      },
    ]
    let kept = targets.map { target in
      Column(column: .number("\(target.statistic.rawValue) \(target.latency.rawValue)")) { fleet in
        let result = fleet.results.first { $0.target == target }
        return result.map { "\(time($0.seconds))\($0.isKept ? "" : " (\($0.share.fixed(2))x)")" } ?? ""
      }
    }
    let p95 = PlanTarget.Latency.allCases.filter { latency in
      !targets.contains { $0.latency == latency && $0.statistic == .p95 }
    }
    return costs + kept
      + p95.map { latency in
        Column(column: .number("p95 \(latency.rawValue)", priority: 1)) { time($0.p95(latency)) }
      } + [
        Column(column: .number("refused"), isAlways: false) { $0.refused == 0 ? "" : "\($0.refused)" }
      ]
  }

  static func time(_ seconds: Double?) -> String {
    guard let seconds, seconds.isFinite else { return "" }
    return Seconds(seconds).description
  }
}

/// The columns of fleets and the rates that they sustain.
struct RateColumns {
  let table: ReportTable

  init(_ search: RateSearch) {
    typealias Row = RateSearch.Found
    var columns: [(column: ReportTable.Column, isAlways: Bool, text: (Row) -> String)] = [
      (.number("GPUs"), true, { "\($0.candidate.devices * $0.scale)" })
    ]
    for trait in PlanCandidate.traits where trait.isShown {
      columns.append((trait.column, trait.key == "hardware", { trait.text($0.candidate) }))
    }
    columns += [
      (.number("requests/s"), true, { $0.rate?.rateText ?? "none" }),
      (.number("fails at", priority: 1), true, { $0.failing?.rateText ?? "not known" }),
    ]
    for target in search.targets {
      columns.append(
        (
          .number("\(target.statistic.rawValue) \(target.latency.rawValue)"), true,
          { found in FleetColumns.time(found.deployment?.results.first { $0.target == target }?.seconds) }
        ))
    }
    columns += [
      (.number("tokens/s", priority: 1), true, { $0.deployment?.figures.outputTokensPerSecond.fixed(0) ?? "" }),
      (.number("cost/h"), false, { $0.deployment?.costPerHour?.price ?? "" }),
      (.number("cost/1M", priority: 1), false, { $0.deployment?.costPerMillionTokens?.price ?? "" }),
      (.number("cost/1k requests"), false, { $0.deployment?.costPerThousandRequests?.price ?? "" }),
    ]
    let rows = search.found
    let shown = columns.filter { column in column.isAlways || Set(rows.map(column.text)).count > 1 }
    table = ReportTable(shown.map(\.column), rows: rows.map { row in shown.map { $0.text(row) } })
  }
}

extension PlanCandidate.Trait {
  /// Its column in tables.
  fileprivate var column: ReportTable.Column { isNumber ? .number(heading) : .text(heading) }
}
