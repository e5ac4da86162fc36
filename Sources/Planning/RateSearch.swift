internal import Hardware
internal import Estimation
public import Catalog
public import Documents
internal import Jobs
internal import Quantities
public import Questions

/// The largest rate of requests that fleets sustain: the one that keeps to all targets under every seed, found by
/// bisection.
public struct RateSearch: Sendable {
  /// What was asked.
  public let question: Question
  /// What fleets keep to.
  package let targets: [PlanTarget]
  /// How far above the rate that is found one that fails may be, as a share.
  public let tolerance: Double
  /// Seeds that a rate must hold under.
  public let seeds: Int
  /// What every fleet sustains, in the order of the question's lists.
  public private(set) var found: [Found] = []
  /// What the reader must know of the load.
  package let notes: [String]
  /// What could not be tried, and why.
  public private(set) var omissions: [String]
  /// Whether the user stopped the search.
  public private(set) var isInterrupted = false

  /// What a fleet sustains.
  public struct Found: Sendable {
    /// Which fleet.
    package let candidate: PlanCandidate
    /// How many replicas it has or, with a split, how many times the groups of the split.
    public let scale: Int
    /// The largest rate that was found to hold, in requests a second; nil if the smallest one that was tried fails.
    public let rate: Double?
    /// The smallest rate above it that was found to fail; nil if the largest one that was tried holds.
    public let failing: Double?
    /// The fleet at that rate, under the seed that came off worst.
    public let deployment: Deployment?
    /// The fleet at the rate that fails.
    public let missed: Deployment?
  }

  /// The usual tolerance, and the usual number of seeds.
  public static let usualTolerance = 0.02, usualSeeds = 3
  /// Rates that are tried.
  static let rates = 1e-3...1e5

  /// Looks for the rates.
  ///
  /// - Throws: `Diagnostic` for what is not known or makes no sense together.
  public init(_ question: Question, in catalog: Catalog = .standard, _ watch: Plan.Watch = .init()) throws(Diagnostic) {
    try self.init(question, in: catalog, pictures: nil, watch)
  }

  /// Looks for the rates at which fleets serve the user's own pictures.
  ///
  /// - Parameter pictures: what the user's own pictures leave; nil for what the question says.
  /// - Throws: `Diagnostic` for what is not known or makes no sense together.
  package init(
    _ question: Question, in catalog: Catalog = .standard, pictures: PictureLoads?, _ watch: Plan.Watch = .init()
  ) throws(Diagnostic) {
    try question.checkPlan()
    guard question.plan.find == .rate else { throw Diagnostic("the question asks for a plan: that is a Plan's") }
    let fleets = try PlanFleets(question, pictures, in: catalog)
    self.question = question
    targets = PlanTarget.all(question.load)
    tolerance = question.plan.tolerance ?? Self.usualTolerance
    let seeds = question.seeds(usually: Self.usualSeeds)
    self.seeds = seeds.count
    (notes, omissions) = (fleets.notes, fleets.omissions)
    let runner = FleetRunner(
      studies: fleets.studies, load: question.load, targets: targets, seeds: seeds,
      requests: question.load.requests, isStopped: watch.isStopped)
    let scales = question.load.replicas.isEmpty ? [1] : Array(question.load.replicas)
    let fleetsAsked = fleets.candidates.flatMap { candidate in scales.map { (candidate: candidate, scale: $0) } }
    let tolerance = tolerance
    let hasTrace = question.load.trace != nil
    @Sendable func work(_ place: Int) -> Result<Found, Diagnostic> {
      let (candidate, scale) = fleetsAsked[place]
      let bounds = runner.bounds(of: candidate, upTo: scale)
      if bounds.rule == .impossible || bounds.rule == .pool {
        return .failure(Diagnostic(bounds.obstacle ?? "\(candidate.estimate.hardware.name): \(PlanRule.pool.title)"))
      }
      return .success(runner.largestRate(of: candidate, scale, tolerance, hasTrace: hasTrace))
    }
    // Searches that are stopped end at once, and give what they have found so far.
    _ = OrderedJobs.run(fleetsAsked.count, isStopped: { false }, worker: { work }) { result in
      switch result {
      case .success(let found): self.found.append(found)
      case .failure(let error): if !omissions.contains(error.message) { omissions.append(error.message) }
      }
      watch.progress("largest rate: \(found.count) of \(fleetsAsked.count) fleets")
      return true
    }
    isInterrupted = watch.isStopped()
    guard !found.isEmpty || isInterrupted else { throw Diagnostic(omissions.first ?? "no fleet can run") }
  }
}

extension FleetRunner {
  /// The largest rate that a fleet sustains: doubled and halved until one rate holds and another fails, then halved between
  /// them until they differ by no more than the tolerance.
  func largestRate(
    of candidate: PlanCandidate, _ scale: Int, _ tolerance: Double, hasTrace: Bool
  ) -> RateSearch.Found {
    var good: (rate: Double, deployment: Deployment)?
    var bad: Double?
    var rate = Double(scale)
    func deployment(at rate: Double, isWhole: Bool = false) -> Deployment? {
      let requests = self.requests ?? (hasTrace ? nil : PlanFleets.usualRequests(at: rate, targets))
      guard case .ran(let deployment) = run(candidate, scale, isWhole: isWhole, rate: rate, requests: requests) else {
        return nil
      }
      return deployment
    }
    func holds(_ rate: Double) -> Bool {
      guard let deployment = deployment(at: rate), deployment.holds else { return false }
      good = (rate, deployment)
      return true
    }
    while !isStopped(), RateSearch.rates.contains(rate) {
      if holds(rate) {
        if bad != nil { break }
        rate *= 2
      } else {
        if isStopped() { break }
        bad = rate
        if good != nil { break }
        rate /= 2
      }
    }
    while !isStopped(), let low = good?.rate, let high = bad, high > low * (1 + tolerance) {
      let middle = (low * high).squareRoot()
      if !holds(middle) {
        if isStopped() { break }
        bad = middle
      }
    }
    let missed = isStopped() ? nil : bad.flatMap { deployment(at: $0, isWhole: true) }
    return RateSearch.Found(
      candidate: candidate, scale: scale, rate: good?.rate, failing: bad, deployment: good?.deployment, missed: missed)
  }
}
