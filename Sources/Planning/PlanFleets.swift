internal import Catalog
internal import Documents
internal import Quantities
internal import Questions
internal import Serving

/// The candidates of a question, and the studies that simulate them.
struct PlanFleets: Sendable {
  /// One for every split.
  let studies: [LoadStudy]
  /// All candidates, in the order of the question's lists.
  let candidates: [PlanCandidate]
  /// What cannot be estimated, and why.
  let omissions: [String]
  /// What the reader must know of the load.
  var notes: [String] { studies.first?.loadNotes ?? [] }
  /// Requests of a run; nil of a trace, and while the rate is looked for.
  let requests: Int?

  /// More are refused.
  private static let limit = 100_000
  /// A run is as long as this, in seconds, where nobody says how many requests it has, or so many times as long as its
  /// requests may wait: of a load by a fiftieth too large the last ones then wait longer.
  private static let (usualSeconds, usualWaits) = (60.0, 50.0)

  /// The requests of a run at a rate, with some targets.
  static func usualRequests(at rate: Double, _ targets: [PlanTarget]) -> Int {
    let wait = targets.filter { $0.latency == .ttft }.map(\.seconds).max() ?? 0
    return max(LoadStudy.usualRequests, Int(min(1e7, (max(usualSeconds, usualWaits * wait) * rate).rounded(.up))))
  }

  init(_ question: Question, _ pictures: PictureLoads?, in catalog: Catalog) throws(Diagnostic) {
    let splits = question.plan.splits.isEmpty ? [.none] : question.plan.splits
    var (studies, candidates, omissions): ([LoadStudy], [PlanCandidate], [String]) = ([], [], [])
    for split in splits {
      var asked = question.load(split: split)
      if question.plan.find == .rate { asked.load.rates = [1] }
      let study =
        if let pictures { try LoadStudy(asked, pictures, in: catalog) } else {
          try LoadStudy(possible: asked, in: catalog)
        }
      guard candidates.count + study.count <= Self.limit else {
        throw Diagnostic("the plan has more than \(Self.limit) candidates; narrow its lists")
      }
      for index in 0..<study.count {
        candidates.append(
          PlanCandidate(study, index, split, number: studies.count, tower: question.load.tower))
      }
      studies.append(study)
      for omission in study.omissions where !omissions.contains(omission) { omissions.append(omission) }
    }
    PlanCandidate.findDifferences(&candidates)
    guard !candidates.isEmpty else { throw Diagnostic(omissions.first ?? "the plan has no candidates") }
    (self.studies, self.candidates, self.omissions) = (studies, candidates, omissions)
    let rate = question.plan.find == nil && question.load.trace == nil ? question.load.rates.first : nil
    requests = question.load.requests ?? rate.map { Self.usualRequests(at: $0, PlanTarget.all(question.load)) }
    let clients = question.load.clients.first ?? 0
    try studies.first?.checkCounted(requests ?? max(LoadStudy.usualRequests, 10 * clients))
    guard question.load.tpot == nil || studies.allSatisfy(\.hasFurtherTokens) else { throw Question.noFurtherTokens }
  }
}
