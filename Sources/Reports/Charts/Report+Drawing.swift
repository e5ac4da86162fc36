internal import Architectures
internal import Charts
package import Documents
package import Estimation
internal import Hardware
internal import Operators
package import Photographs
package import Questions

extension Report {
  /// More rows are not drawn as rooflines, a chart each.
  private static let rooflineLimit = 6

  /// Draws the rows of an answer: as it is asked, or as what fits the question.
  ///
  /// - Parameter all: how many rows there are, of which these are the first.
  /// - Throws: `Diagnostic` if the rows cannot be drawn as `kind` says.
  package mutating func draw(
    _ rows: [RowFigures], of question: Question, as kind: ChartKind?, all: Int
  ) throws(Diagnostic) {
    guard !rows.isEmpty else { return }
    var rows = rows
    let title = headings.first ?? ""
    let named = try question.rows.chosenColumns() + question.rows.namedColumns()
    let usual: ChartKind =
      if !question.rows.front.isEmpty { .front } else if question.budget != nil {
        .reducers
      } else if SweepChart(&rows, named: named) != nil { .lines } else { .stages }
    switch kind ?? usual {
    case .stages: charts = [.stages(rows, title: title)]
    case .roofline: charts = try Self.rooflines(rows.map(\.estimate))
    case .lines:
      guard let sweep = SweepChart(&rows, named: named, least: 2) else {
        throw Diagnostic(
          "--chart lines draws a figure over a quantity; give several of --tokens, --text-tokens, --batch, --context or "
            + "--generate, as 1..64*2")
      }
      charts = [sweep.chart(rows, title: title)]
    case .front: charts = [try Self.front(rows, named, title: title)]
    case .reducers: charts = Chart.reducers(rows, title: title)
    case .tokens:
      throw Diagnostic("--chart tokens draws how many tokens are left of several pictures; give them with --image")
    case .latency, .timeline:
      throw Diagnostic("--chart \(kind?.rawValue ?? "") draws fleets under load; ask roofline simulate")
    }
    if all > rows.count, let last = charts.indices.last {
      charts[last].notes.append("The first \(rows.count) of \(all) rows are drawn.")
    }
  }

  /// Draws operators: under the roofs of each device or, if that is asked, stage by stage.
  ///
  /// - Throws: `Diagnostic` if they cannot be drawn as `kind` says.
  package mutating func draw(operatorsOf estimates: [Estimate], step: Int?, as kind: ChartKind?) throws(Diagnostic) {
    switch kind ?? .roofline {
    case .roofline: charts = try Self.rooflines(estimates, step: step)
    case .stages:
      charts = [
        .stages(estimates.map { RowFigures(Study.Row(estimate: $0, baseline: nil)) }, title: headings.first ?? "")
      ]
    case let other:
      throw Diagnostic("operators are drawn as --chart roofline or stages, found \(other.rawValue)")
    }
  }

  /// Draws what is left of many pictures.
  ///
  /// - Throws: `Diagnostic` if that cannot be drawn as `kind` says.
  package mutating func draw(_ summary: SurveySummary, as kind: ChartKind?) throws(Diagnostic) {
    guard kind == nil || kind == .tokens else {
      throw Diagnostic("several pictures are drawn as --chart tokens, found \(kind?.rawValue ?? "")")
    }
    var seen: Set<String> = []
    let rows = summary.rows.map { (name: $0.first.reducerName ?? "no reducer", tokens: $0.tokens) }
    charts = Chart.tokens(rows.filter { seen.insert($0.name).inserted }, title: headings.first ?? "")
  }

  /// Rows by the first two figures that are named.
  static func front(
    _ rows: [RowFigures], _ named: [Questions.Column], title: String
  ) throws(Diagnostic) -> Chart {
    let columns = named.filter { ![.text, .boolean, .records].contains($0.kind) && $0 != Column.rank }
    guard columns.count > 1 else {
      throw Diagnostic("--chart front draws rows by two figures; name them as --pareto TTFT,cost/1M")
    }
    return .front(rows, columns[0], columns[1], title: title)
  }

  private static func rooflines(_ estimates: [Estimate], step: Int? = nil) throws(Diagnostic) -> [Chart] {
    guard estimates.count <= rooflineLimit else {
      throw Diagnostic(
        "--chart roofline draws one row a chart, at most \(rooflineLimit), found \(estimates.count); ask for fewer with --top"
      )
    }
    return estimates.map { .roofline($0, step: step) }
  }
}
