internal import Architectures
internal import Documents
internal import Engines
internal import Estimation
internal import Hardware
internal import Operators
internal import Quantities
public import Questions
public import Serving
internal import Traffic

extension Report {
  /// Fleets under load, a row each.
  public init(_ rows: [LoadStudy.Row], omissions: [String] = []) {
    let first = rows.first
    var notes = rows.map(\.notes).reduce(into: [String]()) { all, own in
      for note in own where !all.contains(note) { all.append(note) }
    }
    if rows.contains(where: { $0.result.isInterrupted }) {
      notes.append("interrupted: figures are of the requests that ended until then")
    }
    if rows.contains(where: { $0.energyJoules != nil }) {
      notes.append("energy is that of the engines at their rated power while passes run")
    }
    self.init(
      headings: first.map { [Self.title($0), "Times are expected ones, pass by pass; TTFT counts from the arrival"] }
        ?? [],
      table: Self.table(rows), notes: notes + omissions, records: rows.map(\.record))
  }

  private static func title(_ row: LoadStudy.Row) -> String {
    let text = row.text.map { "\($0.text) text tokens" }
    let output = row.output.map { "\($0.text) tokens generated" }
    let lengths = [text, output, row.trace.map { "requests of \($0)" }].compactMap { $0 }.joined(separator: ", ")
    return "\(row.estimate.model.name) under traffic: \(lengths)"
  }

  /// A column of the table, and whether it is there though all rows are alike.
  private struct Figure: Sendable {
    var column: ReportTable.Column
    var isAlways = true
    var text: @Sendable (LoadStudy.Row) -> String
  }

  private static func table(_ rows: [LoadStudy.Row]) -> ReportTable {
    let figures = asked + told
    let shown = figures.filter { figure in
      figure.isAlways || Set(rows.map(figure.text)).count > 1
    }
    return ReportTable(shown.map(\.column), rows: rows.map { row in shown.map { $0.text(row) } })
  }

  private static let asked: [Figure] = [
    Figure(column: .text("model"), isAlways: false) { $0.estimate.model.name },
    Figure(column: .text("device"), isAlways: false) { $0.estimate.hardware.name },
    Figure(column: .text("precision"), isAlways: false) { $0.estimate.precision.name },
    Figure(column: .text("reducer"), isAlways: false) { $0.estimate.reducerName ?? "none" },
    Figure(column: .number("visual"), isAlways: false) { $0.visualTokens.rounded().shortest },
    Figure(column: .number("text"), isAlways: false) { $0.text?.text ?? "" },
    Figure(column: .number("output"), isAlways: false) { $0.output?.text ?? "" },
    Figure(column: .number("TP"), isAlways: false) { "\($0.estimate.serving.parallelism.tensor)" },
    Figure(column: .number("PP"), isAlways: false) { "\($0.estimate.serving.parallelism.pipeline)" },
    Figure(column: .number("EP"), isAlways: false) { "\($0.estimate.serving.parallelism.expert)" },
    Figure(column: .number("replicas"), isAlways: false) { "\($0.fleet.engines)" },
    Figure(column: .number("load")) { row in
      if let rate = row.rate { return "\(rate.shortest)/s" }
      if let clients = row.clients { return "\(clients) clients" }
      return "trace"
    },
  ]

  private static let told: [Figure] = [
    Figure(column: .number("TTFT")) { time($0.figures.ttft.mean) },
    Figure(column: .number("p95", priority: 1)) { time($0.figures.ttft.p95) },
    Figure(column: .number("TPOT")) { time($0.figures.tpot.mean) },
    Figure(column: .number("p95", priority: 1)) { time($0.figures.tpot.p95) },
    Figure(column: .number("request", priority: 1)) { time($0.figures.endToEnd.mean) },
    Figure(column: .number("tokens/s")) { number($0.figures.outputTokensPerSecond) },
    Figure(column: .number("requests/s")) { number($0.figures.requestsPerSecond) },
    Figure(column: .number("good/s"), isAlways: false) { number($0.figures.goodputPerSecond) },
    Figure(column: .number("queue", priority: 2)) { number($0.result.meanWaiting) },
    Figure(column: .number("running", priority: 2)) { number($0.result.meanRunning) },
    Figure(column: .number("KV use", priority: 2)) { $0.result.usedShare.percent },
    Figure(column: .number("preempted", priority: 3)) { "\($0.result.preemptions)" },
    Figure(column: .number("cost/1M", priority: 1), isAlways: false) { $0.costPerMillionTokens?.price ?? "" },
  ]

  private static func time(_ seconds: Double) -> String { seconds.isFinite ? Seconds(seconds).description : "" }

  private static func number(_ number: Double) -> String {
    guard number.isFinite else { return "" }
    if number < 1 { return number == 0 ? "0" : number.price }
    return number == number.rounded() || number >= 100 ? number.rounded().shortest : number.fixed(number < 10 ? 2 : 1)
  }
}

extension Report {
  /// A scenario that ran, in figures, but for the first `warmup` requests.
  public init(
    scenario: String, _ result: SimulationResult, warmup: Int = 0, targets: ServingFigures.Targets = .init()
  ) {
    let figures = ServingFigures(result, warmup: warmup, targets: targets)
    self.init(
      headings: ["The scheduler alone: \(scenario)"],
      table: ReportTable(
        [
          .number("requests"), .number("refused"), .number("passes"), .number("preempted"), .number("TTFT"),
          .number("TPOT"), .number("seconds"),
        ],
        rows: [
          [
            "\(figures.requests)", "\(result.refused)", "\(result.passes)", "\(result.preemptions)",
            Self.time(figures.ttft.mean), Self.time(figures.tpot.mean), figures.seconds.fixed(3),
          ]
        ]), notes: result.refusals.map { "request \($0.number): \($0.reason)" },
      records: [Self.record(result, figures)])
  }

  private static func record(_ result: SimulationResult, _ figures: ServingFigures) -> OutputRecord {
    var record = OutputRecord([:])
    record.fields = result.figureFields(figures)
    return record
  }
}
