public import Catalog
public import Documents
package import Planning
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
    let answer = try LoadAnswer(study, rows, isStopped: isStopped) { _ in
      Simulation.Watch(isStopped: { _, _ in isStopped() })
    }
    guard !answer.rows.isEmpty else { throw Diagnostic("it took too long; ask for fewer or shorter simulations") }
    return try loadReport(answer, drawn: drawn, isPage: isPage)
  }

  /// Fleets under traffic whose simulations have run, drawn as it is wanted.
  ///
  /// - Throws: `Diagnostic` if they cannot be drawn so.
  package func loadReport(_ answer: LoadAnswer, drawn: Drawn, isPage: Bool) throws(Diagnostic) -> Report {
    var report = Report(
      loads: answer.rows, chosen: try rows.chosenColumns(), named: try rows.namedColumns(),
      omissions: answer.omissions)
    if drawn.isDrawn { try report.draw(loads: answer.rows, of: self, as: drawn.kind) }
    if isPage { report.addPage(loads: answer.rows, of: self) }
    report.head = [.init(key: "question", value: .record(record))]
    if !answer.omissions.isEmpty {
      report.details.append(.init(key: "omissions", value: .list(answer.omissions.map { .text($0) })))
    }
    if answer.isInterrupted {
      report.notes.append("interrupted: rows are those that were done by then, in the order of the question")
      report.details.append(.init(key: "interrupted", value: .boolean(true)))
    }
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
    let answer = try PlanAnswer(self, in: catalog, Plan.Watch(isStopped: isStopped))
    guard !answer.isInterrupted || answer.hasResult else {
      throw Diagnostic("it took too long; ask for fewer ways to serve, or for less of --requests")
    }
    return Report(answer, isPage: isPage)
  }
}

extension Report {
  /// What to rent or the largest rates, with the question; a plan as a page where it is to be one.
  package init(_ answer: PlanAnswer, isPage: Bool) {
    let question: Question
    switch answer {
    case .plan(let plan):
      self.init(plan)
      if isPage { addPage(plan) }
      question = plan.question
    case .rate(let search):
      self.init(search)
      question = search.question
    }
    head = [.init(key: "question", value: .record(question.record))]
  }
}
