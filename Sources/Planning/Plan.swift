public import Catalog
public import Documents
internal import Estimation
internal import Quantities
public import Questions

/// What to rent: the cheapest fleets that keep to the targets of a question, found by simulating those that no bound rules
/// out.
///
/// Devices with a price are ordered by what an hour of a fleet costs, the others, apart from them, by their number.
public struct Plan: Sendable {
  /// What was asked, with the number of requests that it was answered for.
  public let question: Question
  /// What fleets keep to.
  package let targets: [PlanTarget]
  /// Requests of a run; nil of a trace.
  public let requests: Int?
  /// The cheapest fleets that hold, one of each candidate, and of each way to drop visual tokens one at least.
  public internal(set) var cheapest: [Deployment] = []
  /// The same of devices without a price: those with the fewest devices.
  public internal(set) var unpriced: [Deployment] = []
  /// The cheapest fleets in which nothing drops tokens and that are else like one of `cheapest` or `unpriced`: by the place
  /// there, first `cheapest`; missing where there is none to compare with, nil inside where none holds.
  var twins: [PlanCandidate.Setting: Deployment?] = [:]
  /// Fleets that hold and that none is better than in both cost and p95 latency, up to twice the cheapest, the cheapest first.
  public internal(set) var front: [Deployment] = []
  /// What the latency of the front is.
  package let frontLatency: PlanTarget.Latency
  /// Fleets that miss a target: the nearest ones that cost no more than those that are listed or, if none holds, of all.
  public internal(set) var failing: [Deployment] = []
  /// Why no fleet is allowed at all; nil where any is.
  var misfit: String?
  /// Sentences about what would help where nothing holds.
  public internal(set) var advice: [String] = []
  /// How many candidates were looked at, and simulations run.
  public internal(set) var candidates = 0, simulations = 0
  /// What became of every candidate and number that was looked at, in the order of candidates.
  package internal(set) var verdicts: [PlanVerdict] = []
  /// What the reader must know of the load.
  package let notes: [String]
  /// What could not be tried, and why.
  public internal(set) var omissions: [String] = []
  /// Whether the user stopped the search.
  public internal(set) var isInterrupted = false

  /// The most devices of a fleet where nobody says it.
  public static let usualDevices = 64
  /// Deployments that are listed where nobody says how many.
  public static let usualTop = 5

  /// Who wants to know how far the search is, and when to stop.
  public struct Watch: Sendable {
    /// Is told what is being done.
    public var progress: @Sendable (String) -> Void
    /// Is asked now and then, on any thread; true stops the search.
    public var isStopped: @Sendable () -> Bool

    /// Nobody, unless stated otherwise.
    public init(
      progress: @escaping @Sendable (String) -> Void = { _ in }, isStopped: @escaping @Sendable () -> Bool = { false }
    ) {
      (self.progress, self.isStopped) = (progress, isStopped)
    }
  }

  /// Looks for the cheapest fleets.
  ///
  /// - Throws: `Diagnostic` for what is not known or makes no sense together.
  public init(_ question: Question, in catalog: Catalog = .standard, _ watch: Watch = Watch()) throws(Diagnostic) {
    try self.init(question, in: catalog, pictures: nil, watch)
  }

  /// Looks for the cheapest fleets that serve the user's own pictures.
  ///
  /// - Parameters:
  ///   - pictures: what the user's own pictures leave; nil for what the question says.
  ///   - cheapestAlone: whether neither the front is looked for nor what fails.
  /// - Throws: `Diagnostic` for what is not known or makes no sense together.
  package init(
    _ question: Question, in catalog: Catalog = .standard, pictures: PictureLoads?, cheapestAlone: Bool = false,
    _ watch: Watch = Watch()
  ) throws(Diagnostic) {
    let question = question.planning()
    try question.checkPlan()
    guard question.plan.find == nil else {
      throw Diagnostic("the question looks for the largest rate: that is a RateSearch's")
    }
    let fleets = try PlanFleets(question, pictures, in: catalog)
    (self.question, targets, requests) = (question, PlanTarget.all(question.load), fleets.requests)
    frontLatency = question.load.ttft == nil ? .tpot : .ttft
    (notes, omissions) = (fleets.notes, fleets.omissions)
    candidates = fleets.candidates.count
    var search = PlanSearch(fleets, question, targets, watch)
    search.fill(&self, cheapestAlone: cheapestAlone)
  }

  /// Whether anything holds.
  public var isFeasible: Bool { !cheapest.isEmpty || !unpriced.isEmpty }

  /// The best answer: the cheapest fleet or, without any price, the smallest.
  public var best: Deployment? { cheapest.first ?? unpriced.first }

  /// The cheapest fleet like a deployment in which nothing drops visual tokens.
  ///
  /// - Returns: nil where there is none to compare with; nil inside where none holds.
  public func unreduced(_ deployment: Deployment) -> Deployment?? { twins[deployment.candidate.setting] }
}
