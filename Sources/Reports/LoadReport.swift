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
    self.init(loads: rows.map { RowFigures($0) }, omissions: omissions)
  }

  /// Rows of fleets under load.
  ///
  /// - Parameters:
  ///   - rows: the figures, one row a fleet and load.
  ///   - chosen: columns that are wanted by name; none for the usual ones.
  ///   - named: columns that an order or a condition names: people see them.
  ///   - omissions: what is left out, one sentence each.
  public init(
    loads rows: [RowFigures], chosen: [Questions.Column] = [], named: [Questions.Column] = [], omissions: [String] = []
  ) {
    let (chosen, named) = (chosen.compactMap(\.ofLoad), named.compactMap(\.ofLoad))
    var (rows, summary) = (rows, AnswerSummary())
    summary.add(rows)
    let loads = rows.compactMap(\.load)
    var notes = loads.map(\.notes).reduce(into: [String]()) { all, own in
      for note in own where !all.contains(note) { all.append(note) }
    }
    if loads.contains(where: { $0.result.isInterrupted }) {
      notes.append("interrupted: figures are of the requests that ended until then")
    }
    if loads.contains(where: { $0.energyJoules != nil }) {
      notes.append("energy is that of engines and towers at their rated power while they work")
    }
    let columns = StudyTable(&rows, summary, chosen: chosen, named: named)
    var table = columns.table(&rows)
    table.figures = columns.figures(&rows)
    self.init(
      headings: loads.first.map {
        [Self.title($0, summary), "Times are expected ones, pass by pass; TTFT counts from the arrival"]
      } ?? [], table: table, notes: notes + omissions, records: [])
    widest = 100
    for index in rows.indices { records.append(rows[index].record(chosen.isEmpty ? Column.load : chosen)) }
  }

  /// What all rows have in common, in words.
  private static func title(_ row: LoadStudy.Row, _ all: AnswerSummary) -> String {
    func same(_ key: String, _ text: String?) -> [String] {
      all.differing.contains { $0.key == key } ? [] : text.map { [$0] } ?? []
    }
    let parallelism = row.estimate.serving.parallelism.summary
    let isSpread = ["tensor", "pipeline", "expert"].contains { kind in
      all.differing.contains { $0.key == "\(kind)_parallel" }
    }
    let isOne = row.fleet.engines == 1 && !all.differing.contains { $0.key == "replicas" }
    let cache = row.estimate.precision.cacheFormat?.rawValue
    let parts =
      same("precision", row.estimate.precision.name)
      + same("kv_precision", cache.flatMap { $0 == row.estimate.precision.name ? nil : "KV cache in \($0)" })
      + same("replicas", row.fleet.engines > 1 ? "\(row.fleet.engines) engines" : nil)
      + (isSpread ? [] : parallelism.map { [isOne ? $0 : "each \($0)"] } ?? [])
      + same("reducer", row.estimate.reducerName)
      + same(
        "visual_tokens",
        row.visualTokens > 0
          ? "\(row.visualTokens.fixed(row.visualTokens == row.visualTokens.rounded() ? 0 : 1)) visual tokens" : nil)
      + same("text_tokens", row.text.map { "\($0.text) text tokens" })
      + same("output_tokens", row.output.map { "\($0.text) tokens generated" })
      + same("trace", row.trace.map { "requests of \($0)" }) + same("engine", "engine \(row.estimate.engine.name)")
    let model = all.models.count == 1 ? row.estimate.model.name : "\(all.models.count) models"
    let device = all.devices.count == 1 ? row.estimate.hardware.name : "\(all.devices.count) devices"
    return "\(model) on \(device) under traffic: \(parts.joined(separator: ", "))"
  }

  private static func time(_ seconds: Double) -> String { seconds.isFinite ? Seconds(seconds).description : "" }

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
