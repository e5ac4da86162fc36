public import Catalog
public import Documents
internal import Planning
public import Questions
internal import Serving

/// Fleets that a question is about, as the command shows them.
extension Question {
  /// Fleets under traffic, one simulation after the other.
  ///
  /// - Throws: `Diagnostic` if the question makes no sense or no simulation can be run.
  public func loadReport(in catalog: Catalog = .standard) throws(Diagnostic) -> Report {
    try loadReport(in: catalog, drawn: .usual)
  }

  /// Fleets under traffic, drawn as it is wanted.
  ///
  /// - Parameters:
  ///   - most: more simulations are refused.
  ///   - isPage: whether it becomes a page, with assumptions and their sources.
  /// - Throws: `Diagnostic` if the question makes no sense, no simulation can be run, or it is stopped before one is done.
  package func loadReport(
    in catalog: Catalog, atMost most: Int = rowLimit, drawn: Drawn, isPage: Bool = false,
    isStopped: @escaping @Sendable () -> Bool = { false }
  ) throws(Diagnostic) -> Report {
    try checkLoad()
    let study = try LoadStudy(self, in: catalog)
    try Self.check(study.count, "simulations", atMost: most)
    var (rows, failures): ([RowFigures], [Diagnostic]) = ([], [])
    for index in 0..<study.count where !isStopped() {
      do throws(Diagnostic) {
        rows.append(RowFigures(try study.row(index, Simulation.Watch(isStopped: { _, _ in isStopped() }))))
      } catch {
        guard study.count > 1 else { throw error }
        if !failures.contains(error) { failures.append(error) }
      }
    }
    if rows.isEmpty, let first = failures.first { throw first }
    guard !rows.isEmpty else { throw Diagnostic("it took too long; ask for fewer or shorter simulations") }
    let chosen = isStopped() ? rows : try self.rows.choose(rows)
    var report = Report(
      loads: chosen, chosen: try self.rows.chosenColumns(), named: try self.rows.namedColumns(),
      omissions: study.omissions + failures.map { "left out: \($0.message)" })
    switch drawn {
    case .not: break
    case .usual: try report.draw(loads: chosen, of: self, as: nil)
    case .chart(let kind): try report.draw(loads: chosen, of: self, as: kind)
    }
    if isPage { report.addPage(loads: chosen, of: self) }
    report.head = [.init(key: "question", value: .record(record))]
    return report
  }

  /// What to rent or, where the question looks for a rate, the largest one.
  ///
  /// - Throws: `Diagnostic` if the question makes no sense.
  public func planReport(in catalog: Catalog = .standard) throws(Diagnostic) -> Report {
    try planReport(in: catalog, isPage: false) { false }
  }

  /// What to rent, as a page where it is to be one. What is found until it is stopped is told.
  ///
  /// - Throws: `Diagnostic` if the question makes no sense, or it is stopped before anything is found.
  package func planReport(
    in catalog: Catalog, isPage: Bool = false, isStopped: @escaping @Sendable () -> Bool
  ) throws(Diagnostic) -> Report {
    let watch = Plan.Watch(isStopped: isStopped)
    let tooLong = Diagnostic("it took too long; ask for fewer ways to serve, or for less of --requests")
    var report: Report
    if plan.find == .rate {
      let search = try RateSearch(self, in: catalog, watch)
      guard !search.isInterrupted || !search.found.isEmpty else { throw tooLong }
      report = Report(search)
    } else {
      let plan = try Plan(self, in: catalog, watch)
      guard !plan.isInterrupted || plan.isFeasible else { throw tooLong }
      report = Report(plan)
      if isPage { report.addPage(plan) }
    }
    report.head = [.init(key: "question", value: .record(planning().record))]
    return report
  }
}
