internal import Charts
package import Documents
internal import Quantities
package import Questions
internal import Serving

/// How long users of fleets wait, and what fleets do over time.
enum LoadCharts {
  /// More lines are not drawn: their colours and signs would come again.
  private static let lineLimit = 8
  /// Places at which a distribution is drawn, and intervals of a timeline at most.
  private static let places = 200
  private static let intervals = 240

  /// A time of requests that is drawn: what it is called, and its value of a request.
  private struct Latency: Sendable {
    var heading: String
    var about: String
    var seconds: @Sendable (SimulationResult, Int) -> Double?
  }

  private static let latencies = [
    Latency(heading: "TTFT", about: "time to the first token") { $0.timeToFirstToken(of: $1) },
    Latency(heading: "TPOT", about: "time between tokens") { $0.timePerOutputToken(of: $1) },
  ]

  /// How many requests have waited no longer than so long, a chart for the first token and one for the others.
  static func latency(_ all: [RowFigures], title: String) -> [Chart] {
    var rows = all
    let names = RowNames(&rows)
    let loads = rows.compactMap(\.load)
    guard loads.count == rows.count else { return [] }
    return latencies.compactMap { latency in
      var marks: [Mark] = []
      var words: [String] = []
      for (index, load) in loads.prefix(lineLimit).enumerated() {
        let result = load.result
        let times = result.arrivals.indices.dropFirst(load.warmup).compactMap { number in
          result.lasts[number].isNaN ? nil : latency.seconds(result, number)
        }.sorted()
        guard let longest = times.last, longest > 0 else { continue }
        let name = names.names[index].isEmpty ? latency.heading : names.names[index]
        let shares = (0...places).map { Double($0) / Double(places) }
        let points = shares.compactMap { share in
          times.quantile(share).flatMap { $0 > 0 ? ChartPoint($0, share * 100) : nil }
        }
        marks.append(Mark(.line(points), series: name))
        for share in [0.5, 0.9, 0.95, 0.99] {
          guard let time = times.quantile(share), time > 0 else { continue }
          let text = "\((100 * share).shortest) % of requests within \(Seconds(time))"
          marks.append(
            Mark(
              .point(ChartPoint(time, 100 * share), radius: 4), series: name,
              figures: "\(name): \(latency.heading) of \(text)"))
          if share == 0.95 { words.append("\(name): \(text)") }
        }
      }
      guard !marks.isEmpty else { return nil }
      return Chart(
        title: "\(title): \(latency.about)",
        summary: "Share of requests by \(latency.about). \(words.joined(separator: "; ")).",
        x: Axis(latency.about, .seconds, .logarithmic),
        y: Axis("requests, %", .none, .linear(fromZero: true), including: [100]), marks: marks,
        notes: ["Signs stand at 50, 90, 95 and 99 %."]
          + Chart.omission(min(loads.count, lineLimit), of: loads.count, "rows"))
    }
  }

  /// What a fleet does over time: its requests, its cache and its tokens, a chart each.
  static func timeline(_ load: LoadStudy.Row, title: String) -> [Chart] {
    let parts = load.result.timeline.parts(atMost: intervals)
    guard !parts.isEmpty else { return [] }
    func chart(
      _ what: String, _ y: Axis, _ series: [(name: String, value: (Timeline.Part) -> Double)]
    ) -> Chart {
      let marks = series.flatMap { name, value in
        let points = parts.map { ChartPoint($0.time, value($0)) }
        return [Mark(.line(points), series: name)]
          + points.map { point in
            Mark(
              .point(point, radius: 2), series: name, style: .faint,
              figures: "\(Seconds(point.x)): \(name) \(point.y.counted)")
          }
      }
      let most = series.map { name, value in
        "\(name) up to \((parts.map(value).max() ?? 0).counted)"
      }
      return Chart(
        title: "\(title): \(what) over time",
        summary: "Over \(Seconds(load.result.seconds)): \(most.joined(separator: ", ")).",
        x: Axis("time", .seconds), y: y, marks: marks)
    }
    return [
      chart("requests", Axis("requests", isWhole: true), [("running", { $0.running }), ("waiting", { $0.waiting })]),
      chart(
        "key-value cache", Axis("used, %", .none, .linear(fromZero: true), including: [100]),
        [("cache in use, %", { 100 * $0.used })]),
      chart(
        "tokens", Axis("tokens a second", Axis.Unit("/s")),
        [("prompts, tokens/s", { $0.filled }), ("answers, tokens/s", { $0.delivered })]),
    ]
  }
}

extension Report {
  /// Draws fleets under load: as it is asked, or a figure over what is swept, else latencies and, of one fleet, its timeline.
  ///
  /// - Throws: `Diagnostic` if the rows cannot be drawn as `kind` says.
  package mutating func draw(loads all: [RowFigures], of question: Question, as kind: ChartKind?) throws(Diagnostic) {
    guard let first = all.first?.load else { return }
    var rows = all
    let title = headings.first ?? ""
    let named = try question.rows.chosenColumns() + question.rows.namedColumns()
    let sweep = SweepChart(&rows, named: named, least: kind == .lines ? 2 : 3)
    switch kind {
    case nil:
      charts = (sweep.map { [$0.chart(rows, title: title)] } ?? []) + LoadCharts.latency(rows, title: title)
      if rows.count == 1 { charts += LoadCharts.timeline(first, title: title) }
    case .latency: charts = LoadCharts.latency(rows, title: title)
    case .timeline:
      guard rows.count == 1 else {
        throw Diagnostic("--chart timeline draws one simulation, found \(rows.count); ask for one, or for --top 1")
      }
      charts = LoadCharts.timeline(first, title: title)
    case .lines:
      guard let sweep else {
        throw Diagnostic(
          "--chart lines draws a figure over a quantity; give several of --rate, --concurrency or --replicas")
      }
      charts = [sweep.chart(rows, title: title)]
    case .front: charts = [try Self.front(rows, named, title: title)]
    case .stages, .roofline, .reducers, .tokens:
      throw Diagnostic("fleets are drawn as --chart latency, timeline, lines or front, found \(kind?.rawValue ?? "")")
    }
    if charts.isEmpty { throw Diagnostic("no request has ended: there is nothing to draw") }
  }
}
