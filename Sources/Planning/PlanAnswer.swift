package import Catalog
package import Documents
package import Questions

/// What answers a question about what to rent: a plan or, where it looks for the largest rate, that search.
package enum PlanAnswer: Sendable {
  /// The cheapest fleets.
  case plan(Plan)
  /// The largest rates.
  case rate(RateSearch)

  /// Looks for what the question asks.
  ///
  /// - Parameter pictures: what the user's own pictures leave; nil for what the question says.
  /// - Throws: `Diagnostic` for what is not known or makes no sense together.
  package init(
    _ question: Question, in catalog: Catalog, pictures: PictureLoads? = nil, _ watch: Plan.Watch
  ) throws(Diagnostic) {
    self =
      question.plan.find == .rate
      ? .rate(try RateSearch(question, in: catalog, pictures: pictures, watch))
      : .plan(try Plan(question, in: catalog, pictures: pictures, watch))
  }

  /// Whether somebody stopped it.
  package var isInterrupted: Bool {
    switch self {
    case .plan(let plan): plan.isInterrupted
    case .rate(let search): search.isInterrupted
    }
  }

  /// Whether anything is worth telling of a search that was stopped.
  package var hasResult: Bool {
    switch self {
    case .plan(let plan): plan.isFeasible
    case .rate(let search): !search.found.isEmpty
    }
  }

  /// Whether anything holds.
  package var isFeasible: Bool {
    switch self {
    case .plan(let plan): plan.isFeasible
    case .rate(let search): search.found.contains { $0.rate != nil }
    }
  }

  /// What could not be tried, and why.
  package var omissions: [String] {
    switch self {
    case .plan(let plan): plan.omissions
    case .rate(let search): search.omissions
    }
  }
}
