internal import Architectures
public import Catalog
public import Documents
internal import Engines
package import Estimation
internal import Hardware
internal import Operators
internal import Quantities
public import Serving
package import Traffic

/// The fleets that a question asks about, each under each load: one simulation a row.
public struct LoadStudy: Sendable {
  /// How requests come in a row.
  enum Arriving: Sendable {
    case rate(Double)
    case clients(Int)
    case trace
  }

  struct Case: Sendable {
    var row: Study.Row
    /// Visual tokens of a picture, and its time in the tower.
    var picture: (tokens: LengthDistribution, seconds: Double)
    var text: LengthDistribution?
    var output: LengthDistribution?
    var arriving: Arriving
    var replicas: Int
  }

  private let cases: [Case]
  let load: Question.Load
  let trace: RequestTrace?
  let accounting: Accounting
  let draft: MultimodalModel?
  /// What was left out, and why.
  public let omissions: [String]

  /// How many simulations there are.
  public var count: Int { cases.count }

  /// Requests of a run whose number nobody says, or ten for each client if that is more.
  public static let usualRequests = 1000

  /// The simulations that a question asks for.
  ///
  /// - Throws: `Diagnostic` for what is not known, makes no sense together, or is too much.
  public init(_ question: Question, in catalog: Catalog) throws(Diagnostic) {
    let study = try question.withoutLoad.study(in: catalog)
    let rows = try study.rows()
    let pictures = rows.map {
      (tokens: LengthDistribution($0.estimate.visualTokens), seconds: $0.estimate.towerSeconds)
    }
    try self.init(question, rows, pictures, omissions: study.omissions, in: catalog)
  }

  /// The simulations that a question asks for, as far as they can be estimated; of the others the omissions tell.
  ///
  /// - Throws: `Diagnostic` as the others, but for combinations that cannot be.
  package init(possible question: Question, in catalog: Catalog) throws(Diagnostic) {
    let study = try question.withoutLoad.study(in: catalog)
    var rows: [Study.Row] = []
    var omissions = study.omissions
    for row in study.rows(0..<study.count, Study.Memory()) {
      switch row {
      case .success(let row): rows.append(row)
      case .failure(let error): if !omissions.contains(error.message) { omissions.append(error.message) }
      }
    }
    let pictures = rows.map {
      (tokens: LengthDistribution($0.estimate.visualTokens), seconds: $0.estimate.towerSeconds)
    }
    try self.init(question, rows, pictures, omissions: omissions, in: catalog)
  }

  /// The simulations of a question about pictures, which were looked at.
  ///
  /// - Throws: `Diagnostic` as the other.
  package init(_ question: Question, _ pictures: PictureLoads, in catalog: Catalog) throws(Diagnostic) {
    try self.init(
      question, pictures.rows, pictures.rows.indices.map(pictures.picture), omissions: [], in: catalog)
  }

  private init(
    _ question: Question, _ rows: [Study.Row], _ pictures: [(tokens: LengthDistribution, seconds: Double)],
    omissions: [String], in catalog: Catalog
  ) throws(Diagnostic) {
    try question.checkLoad()
    load = question.load
    accounting = question.rules
    trace = try load.trace.map { (path) throws(Diagnostic) in try RequestTrace(contentsOf: path) }
    self.omissions = omissions
    var arriving = load.rates.map(Arriving.rate) + load.clients.map(Arriving.clients)
    if arriving.isEmpty { arriving = [.trace] }
    let textTokens =
      question.textTokens.isEmpty && load.textLengths.isEmpty ? Question.usualTextTokens : question.textTokens
    let texts = trace == nil ? textTokens.map { LengthDistribution($0) } + load.textLengths : [nil]
    let outputs = trace == nil ? question.outputTokens.map { LengthDistribution($0) } + load.outputLengths : [nil]
    var cases: [Case] = []
    for (row, picture) in zip(rows, pictures) {
      for text in texts {
        for output in outputs {
          for arrival in arriving {
            for replicas in load.replicas.isEmpty ? [1] : load.replicas {
              guard cases.count < Self.limit else {
                throw Diagnostic("the question has more than \(Self.limit) simulations; narrow its lists")
              }
              cases.append(
                Case(row: row, picture: picture, text: text, output: output, arriving: arrival, replicas: replicas))
            }
          }
        }
      }
    }
    self.cases = cases
    draft = try load.speculation?.model.flatMap { (name) throws(Diagnostic) in
      name.spelling == "mtp" ? nil : try catalog.model(name)
    }
  }

  private static let limit = 100_000

  /// What the reader must know of the load, whoever serves it.
  package var loadNotes: [String] {
    var notes = [load.pictures, load.pictureTokens].compactMap { $0?.note }
    guard let trace, let path = load.trace else { return notes }
    notes += trace.notes
    if let requests = load.requests, requests > trace.rows.count {
      notes.append("\(path) has \(trace.rows.count) requests; --requests asks for \(requests)")
    }
    if !trace.rows.contains(where: { $0.images > 0 }), cases.contains(where: { $0.row.estimate.visualTokens > 0 }) {
      notes.append("no request of \(path) has a picture: visual tokens and reducers change nothing")
    }
    return notes
  }

  /// Runs one simulation.
  ///
  /// - Throws: `Diagnostic` where it cannot be run, or no request is left to its figures.
  public func row(_ index: Int, _ watch: Simulation.Watch = .init()) throws(Diagnostic) -> LoadStudy.Row {
    let prepared = try prepared(index)
    var simulation = try Simulation(
      prepared.fleet, prepared.traffic, price: prepared.price, draftPrice: prepared.draftPrice)
    let row = row(index, prepared.fleet, try simulation.run(watch))
    if row.figures.requests == 0, !row.result.isInterrupted {
      let refusal = row.result.refusals.first.map { ": \($0.reason)" } ?? ""
      let warmup = load.warmup > 0 ? ", and --warmup leaves out the first \(load.warmup)" : ""
      throw Diagnostic(
        "no request is left to the figures: \(row.result.refused) of \(row.result.requests) were refused on arrival\(warmup)"
          + refusal)
    }
    return row
  }

  /// A fleet before it runs.
  package struct Prepared: Sendable {
    /// Model, device, precision and visual tokens, as a request of one picture has them.
    package let estimate: Estimate
    /// The requests.
    package let traffic: RequestTraffic
    /// The engines.
    package let fleet: FleetSettings
    /// What passes take, and those of the model that makes drafts.
    package let price: ModelPassPrice, draftPrice: ModelPassPrice?
  }

  /// What of a load is otherwise than the question has it.
  package struct Variation: Sendable, Hashable {
    /// What decides all draws, and how many requests there are.
    package var seed: UInt64?, requests: Int?
    /// Requests a second.
    package var rate: Double?

    /// The question's own load.
    package init(seed: UInt64? = nil, requests: Int? = nil, rate: Double? = nil) {
      (self.seed, self.requests, self.rate) = (seed, requests, rate)
    }
  }

  /// Whether a request of the trace has a token behind the first; true without a trace.
  package var hasFurtherTokens: Bool { trace?.rows.contains { $0.output > 1 } ?? true }

  /// Refuses a warm-up that leaves none of so many requests, or of a trace none of its own, to the figures.
  package func checkCounted(_ requests: Int) throws(Diagnostic) {
    try load.checkCounted(min(trace?.rows.count ?? .max, trace == nil ? requests : load.requests ?? .max))
  }

  /// The fleet of one simulation.
  ///
  /// - Throws: `Diagnostic` where it cannot be run.
  package func prepared(_ index: Int, _ variation: Variation = Variation()) throws(Diagnostic) -> Prepared {
    var this = cases[index]
    if let rate = variation.rate { this.arriving = .rate(rate) }
    let estimate = this.row.estimate
    try Self.check(estimate)
    var load = load
    (load.seed, load.requests) = (variation.seed ?? load.seed, variation.requests ?? load.requests)
    let traffic = try traffic(of: this, load)
    try checkCounted(traffic.count)
    var fleet = try fleet(of: this, traffic.meanLengths)
    fleet.seed = load.seed
    return Prepared(
      estimate: estimate, traffic: traffic, fleet: fleet,
      price: try price(of: estimate.model, as: estimate, over: estimate.serving.parallelism),
      draftPrice: try draftPrice(estimate))
  }

  /// The model, device, precision and visual tokens of one simulation.
  package func estimate(_ index: Int) -> Estimate { cases[index].row.estimate }

  /// Visual tokens of a picture of one simulation, in the mean.
  package func visualTokens(_ index: Int) -> Double { cases[index].picture.tokens.mean }

  /// Whether nothing drops tokens of one simulation, and others are compared with it.
  package func isBaseline(_ index: Int) -> Bool { cases[index].row.isBaseline }

  /// The row of a simulation that ran, perhaps of more engines than were asked for.
  package func row(_ index: Int, _ fleet: FleetSettings, _ result: SimulationResult) -> LoadStudy.Row {
    let this = cases[index]
    let estimate = this.row.estimate
    let lengths = [this.text, this.output].compactMap { $0?.note }
    var notes = estimate.notes + loadNotes + lengths
    if estimate.engine.scheduling == nil {
      let host = fleet.scheduler.passSeconds > 0 ? "the host's time of a step of one request" : "no time of the host"
      notes.append("the scheduler of \(estimate.engine.name) is not known: vLLM's rules stand in for it, with \(host)")
    }
    if let refusal = result.refusals.first {
      notes.append(
        "\(result.refused) request\(result.refused == 1 ? " was" : "s were") refused on arrival: \(refusal.reason)")
    }
    var (rate, clients): (Double?, Int?) = (nil, nil)
    switch this.arriving {
    case .rate(let value): rate = value
    case .clients(let value): clients = value
    case .trace: break
    }
    return LoadStudy.Row(
      estimate: estimate, fleet: fleet, visualTokens: this.picture.tokens.mean, text: this.text, output: this.output,
      rate: rate,
      clients: clients, trace: load.trace, result: result,
      figures: ServingFigures(result, warmup: load.warmup, targets: load.targets), notes: notes, warmup: load.warmup)
  }
}
