internal import Architectures
internal import Charts
internal import Documents
internal import Engines
internal import Estimation
internal import Hardware
internal import Operators
public import Planning
internal import Quantities
internal import Questions
internal import Serving

extension Report {
  /// What to rent: the answer in words, the cheapest fleets that hold, the front, what fails, what was ruled out.
  public init(_ plan: Plan) {
    let all = plan.cheapest + plan.unpriced + plan.front + plan.failing
    let columns = FleetColumns(all, plan)
    var tables: [ReportTable] = []
    if !plan.cheapest.isEmpty { tables.append(columns.table(plan.cheapest, "The cheapest that hold, one a way:")) }
    if !plan.unpriced.isEmpty {
      tables.append(columns.table(plan.unpriced, "Devices without a price, the fewest that hold:"))
    }
    if plan.front.count > 1 {
      let what = plan.cheapest.isEmpty ? "number" : "cost"
      tables.append(
        columns.table(
          plan.front,
          "Up to twice the \(what) of the first, nothing that holds is better in both that and p95 \(plan.frontLatency.rawValue):"
        )
      )
    }
    if !plan.failing.isEmpty {
      tables.append(
        columns.table(
          plan.failing, plan.isFeasible ? "What fails, and costs no more than these:" : "The nearest, none holds:"))
    }
    let rules = plan.ruledOut
    if !rules.isEmpty {
      tables.append(
        ReportTable(
          [.text("ruled out"), .number("ways"), .number("fleets")],
          caption: "What was not simulated, or not to its end:",
          rows: rules.map { [$0.rule.title, "\($0.candidates)", "\($0.fleets)"] }))
    }
    self.init(
      headings: [Self.title(plan)] + plan.sentences, tables: tables, notes: Self.notes(plan, all), records: plan.records
    )
    details = Self.details(plan).fields
    if !all.isEmpty { charts = [.plan(plan, title: Self.title(plan))] }
  }

  private static func details(_ plan: Plan) -> OutputRecord {
    OutputRecord([
      "answer": .list(plan.sentences.map { .text($0) }),
      "targets": .list(plan.targets.map { .text($0.text) }),
      "ruled_out": .records(
        plan.ruledOut.map {
          OutputRecord([
            "rule": .text($0.rule.rawValue), "candidates": .number($0.candidates), "fleets": .number($0.fleets),
            "proof": .text($0.rule.proof),
          ])
        }),
      "candidates": .number(plan.candidates), "simulations": .number(plan.simulations),
      "requests": .number(plan.requests.map(Double.init)), "interrupted": .boolean(plan.isInterrupted),
      "omissions": .list(plan.omissions.map { .text($0) }),
    ])
  }

  private static func title(_ plan: Plan) -> String {
    let load = plan.question.load
    let requests =
      load.rates.first.map { "\($0.shortest) requests a second" } ?? load.clients.first.map { "\($0) clients" }
      ?? "the requests of \(load.trace ?? "")"
    return "\(plan.question.models.first ?? "") for \(requests), \(plan.targets.map(\.text).joined(separator: ", "))"
  }

  private static func notes(_ plan: Plan, _ shown: [Deployment]) -> [String] {
    let seeds = plan.question.plan.seeds ?? 1
    let runs = plan.requests.map { "runs of \($0) requests" } ?? "runs of the trace"
    var notes = [
      "\(plan.candidates) ways to serve, \(plan.simulations) simulations: \(runs), "
        + (seeds == 1 ? "seed \(plan.question.load.seed)" : "\(seeds) seeds, of which the worst counts")
    ]
    notes += plan.notes + prices(of: shown)
    if shown.contains(where: { $0.energyJoules != nil }) {
      notes.append(
        "energy is that of engines while passes run, and of towers of their own while they work, at the rated power")
    }
    for note in shown.flatMap(\.candidate.estimate.notes) where !notes.contains(note) { notes.append(note) }
    for omission in plan.omissions.prefix(omissionLimit) { notes.append("left out: \(omission)") }
    if plan.omissions.count > omissionLimit {
      notes.append("and more, for \(plan.omissions.count - omissionLimit) other reasons; JSON has all")
    }
    if plan.isInterrupted { notes.append("interrupted: what was not looked at may be cheaper") }
    return notes
  }

  private static let omissionLimit = 5

  /// Where the prices of shown devices come from.
  private static func prices(of shown: [Deployment]) -> [String] {
    var seen: Set<String> = []
    return shown.compactMap { fleet in
      let estimate = fleet.candidate.estimate
      guard seen.insert(estimate.hardware.name).inserted, let price = estimate.serving.pricePerHour else { return nil }
      let listed = estimate.hardware.pricePerHour
      guard let listed, listed.value.value == price else {
        return "price of \(estimate.hardware.name): \(price.price) an hour, as given"
      }
      let source = listed.sources.map { $0.text }.joined(separator: "; ")
      let note = listed.note.map { ", \($0)" } ?? ""
      return
        "price of \(estimate.hardware.name): \(listed.stated)\(note), an example; --price-per-hour gives yours (\(source))"
    }
  }
}

extension Report {
  /// The largest rates that fleets sustain.
  public init(_ search: RateSearch) {
    let columns = RateColumns(search)
    let seeds = search.seeds == 1 ? "one seed" : "each of \(search.seeds) seeds"
    var notes =
      [
        "found by bisection, to \(search.tolerance.percent) of the rate; every rate holds under \(seeds)",
        search.question.load.requests == nil && search.question.load.trace == nil
          ? "runs of a minute, of 1000 requests at least" : nil,
      ].compactMap { $0 } + search.notes
    for found in search.found {
      for note in found.candidate.estimate.notes where !notes.contains(note) { notes.append(note) }
    }
    notes += search.omissions.map { "left out: \($0)" }
    if search.isInterrupted { notes.append("interrupted: rates are those that were known to hold until then") }
    self.init(
      headings: [
        "\(search.question.models.first ?? ""): the largest rate that keeps \(search.targets.map(\.text).joined(separator: ", "))"
      ] + search.sentences,
      table: columns.table, notes: notes, records: search.records)
    details =
      OutputRecord([
        "targets": .list(search.targets.map { .text($0.text) }), "tolerance": .number(search.tolerance),
        "seeds": .number(search.seeds), "interrupted": .boolean(search.isInterrupted),
        "omissions": .list(search.omissions.map { .text($0) }),
      ]).fields
  }
}
