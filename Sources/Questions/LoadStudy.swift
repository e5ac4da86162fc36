internal import Architectures
public import Catalog
public import Documents
internal import Engines
internal import Estimation
internal import Hardware
internal import Operators
internal import Quantities
public import Serving
internal import Traffic

/// The fleets that a question asks about, each under each load: one simulation a row.
public struct LoadStudy: Sendable {
  /// How requests come in a row.
  private enum Arriving: Sendable {
    case rate(Double)
    case clients(Int)
    case trace
  }

  private struct Case: Sendable {
    var row: Study.Row
    /// Visual tokens of a picture, and its time in the tower.
    var picture: (tokens: LengthDistribution, seconds: Double)
    var text: LengthDistribution?
    var output: LengthDistribution?
    var arriving: Arriving
    var replicas: Int
  }

  private let cases: [Case]
  private let load: LoadQuestion
  private let trace: RequestTrace?
  private let accounting: Accounting
  private let draft: Model?
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

  /// The simulations of a question about pictures, which were looked at.
  ///
  /// - Throws: `Diagnostic` as the other.
  public init(_ question: Question, _ pictures: PictureLoads, in catalog: Catalog) throws(Diagnostic) {
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
    let texts = trace == nil ? question.textTokens.map { LengthDistribution($0) } + load.textLengths : [nil]
    let outputs = trace == nil ? question.outputTokens.map { LengthDistribution($0) } + load.outputLengths : [nil]
    var cases: [Case] = []
    for (row, picture) in zip(rows, pictures) {
      for text in texts {
        for output in outputs {
          for arrival in arriving {
            for replicas in load.replicas {
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

  /// Runs one simulation.
  ///
  /// - Throws: `Diagnostic` where it cannot be run.
  public func row(_ index: Int, _ watch: Simulation.Watch = .init()) throws(Diagnostic) -> LoadRow {
    let this = cases[index]
    let estimate = this.row.estimate
    try Self.check(estimate)
    let traffic = try traffic(of: this)
    let fleet = try fleet(of: this, traffic.meanLengths)
    let price = ModelPassPrice(
      try PriceList(
        estimate.model, on: estimate.hardware, at: estimate.precision, accounting: accounting,
        parallelism: estimate.serving.parallelism, engine: estimate.engine.withoutSteps))
    var simulation = try Simulation(fleet, traffic, price: price, draftPrice: try draftPrice(estimate))
    let result = try simulation.run(watch)
    let lengths = [this.text, this.output, load.pictures, load.pictureTokens].compactMap { $0?.note }
    var notes = estimate.notes + (trace?.notes ?? []) + lengths
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
    return LoadRow(
      estimate: estimate, fleet: fleet, text: this.text, output: this.output, rate: rate,
      clients: clients, trace: load.trace, result: result,
      figures: ServingFigures(result, warmup: load.warmup, targets: load.targets), notes: notes)
  }
}

extension LoadStudy {
  /// Refuses what passes of mixed requests cannot price.
  private static func check(_ estimate: Estimate) throws(Diagnostic) {
    guard estimate.hasLanguage else {
      throw Diagnostic("\(estimate.model.name) has no language model: it serves no requests pass by pass")
    }
    guard estimate.workload.visualTokens.changes.isEmpty else {
      throw Diagnostic(
        "\(estimate.reducerName ?? "the reducer") drops tokens between the layers of the language model: no scheduler is known "
          + "that mixes such prompts with decoding")
    }
    guard estimate.model.language?.crossAttention == nil || estimate.visualTokens == 0 else {
      throw Diagnostic(
        "\(estimate.model.name) reads pictures by cross-attention, whose cache the scheduler does not know; simulate it with "
          + "--tokens none")
    }
  }

  private func traffic(of this: Case) throws(Diagnostic) -> RequestTraffic {
    let estimate = this.row.estimate
    let seed = UInt64(load.seed)
    let visual = estimate.visualTokens
    let arriving: RequestTraffic.Arriving =
      switch this.arriving {
      case .rate(let rate): .rate(rate, load.arrivals, inFlight: load.inFlight)
      case .clients(let count): .clients(count)
      case .trace: .listed(inFlight: load.inFlight)
      }
    if let trace {
      var requests = trace.requests(
        tokensPerPicture: visual, reducedFrom: estimate.visualInput.reduction?.tokensBefore,
        secondsPerPicture: visual > 0 ? this.picture.seconds : 0)
      if let limit = load.requests { requests = Array(requests.prefix(limit)) }
      return RequestTraffic(requests, arriving, seed: seed)
    }
    guard let text = this.text, let output = this.output else {
      throw Diagnostic("say with --text-tokens and --generate how long requests are, or give --trace")
    }
    var count = load.requests ?? Self.usualRequests
    if load.requests == nil, case .clients(let clients) = this.arriving { count = max(count, 10 * clients) }
    var pictures: RequestTraffic.Pictures?
    if visual > 0 {
      pictures = RequestTraffic.Pictures(
        count: load.pictures ?? LengthDistribution(1), tokens: load.pictureTokens ?? this.picture.tokens,
        seconds: this.picture.seconds)
    }
    let shared = load.sharedTokens.map { RequestTraffic.Shared(tokens: $0, groups: load.sharedGroups ?? 1) }
    return RequestTraffic(
      arriving, count: count, text: text, output: output, pictures: pictures, shared: shared, seed: seed)
  }

  private func fleet(
    of this: Case, _ lengths: (prompt: Double, output: Double)
  ) throws(Diagnostic) -> FleetSettings {
    let estimate = this.row.estimate
    var settings = SchedulerSettings(estimate.engine, on: estimate.hardware)
    settings.blockTokens = load.blockTokens ?? settings.blockTokens
    settings.policy = load.policy ?? settings.policy
    settings.admission = load.admission ?? settings.admission
    settings.isChunked = load.isChunked ?? settings.isChunked
    settings.sharesPrefixes = load.sharesPrefixes ?? settings.sharesPrefixes
    settings.passSeconds = load.passSeconds ?? settings.passSeconds
    settings.sequenceSeconds = load.sequenceSeconds ?? settings.sequenceSeconds
    settings.requestSeconds = load.requestSeconds ?? settings.requestSeconds
    let typical = Int(min(Double(Workload.tokenLimit), max(1, (lengths.prompt + lengths.output).rounded())))
    let bytesPerToken = try bytesPerToken(estimate, tokens: typical)
    let tokens =
      if let given = load.cacheTokens { given } else { try pool(estimate, bytesPerToken) }
    settings.blocks = min(200_000_000, max(1, tokens / settings.blockTokens))
    var fleet = FleetSettings(settings)
    fleet.replicas = this.replicas
    (fleet.routing, fleet.tower, fleet.seed) = (load.routing, load.tower, UInt64(load.seed))
    fleet.speculation = load.speculation?.drafts
    if let apart = load.apart {
      guard let link = estimate.hardware.interconnect else {
        throw Diagnostic("what links several \(estimate.hardware.name) is not known; --disaggregate needs it")
      }
      // Each rank sends its own share, in one of both directions.
      fleet.apart = FleetSettings.Apart(
        prefill: apart.prefill, decode: apart.decode, latency: estimate.hardware.linkLatency.value.value,
        secondsPerToken: bytesPerToken / (link.value.value / 2))
    }
    return fleet
  }

  /// Tokens that an engine's pool holds, of caches of so many bytes a token.
  private func pool(_ estimate: Estimate, _ bytesPerToken: Double) throws(Diagnostic) -> Int {
    guard let bytes = estimate.cacheCapacity?.value else {
      throw Diagnostic(
        "the memory of \(estimate.hardware.name) is not known; say with --kv-tokens how many tokens it holds")
    }
    guard bytes > 0 else {
      throw Diagnostic(
        "weights and what \(estimate.engine.name) keeps leave no room for a key-value cache on \(estimate.hardware.name)"
      )
    }
    return bytesPerToken > 0 ? Int(min(1e9, bytes / bytesPerToken)) : 1_000_000_000
  }

  /// Bytes of the cache of one device for a token of a sequence of so many.
  private func bytesPerToken(_ estimate: Estimate, tokens: Int) throws(Diagnostic) -> Double {
    let parallelism = estimate.serving.parallelism
    var estimator = try Estimator(
      estimate.model, on: estimate.hardware, at: estimate.precision, accounting: accounting, parallelism: parallelism)
    // Experts' devices share the sequences: each has the cache of its own.
    let batch = parallelism.expert
    let one = try estimator.estimate(
      .tokens(0), textTokens: tokens, batch: batch, serving: Serving(parallelism: parallelism))
    return one.footprint.cache.value / Double(tokens) / Double(batch)
  }

  /// The price of the passes of the model that makes drafts; nil where they take no time.
  private func draftPrice(_ estimate: Estimate) throws(Diagnostic) -> ModelPassPrice? {
    guard let speculation = load.speculation, speculation.model != nil else { return nil }
    var model = draft ?? estimate.model
    var parallelism = estimate.serving.parallelism
    if draft == nil, let language = model.language, let last = language.stack.runs.last {
      // A head of multi-token prediction is a layer like the last one before the model's own head.
      model.language?.stack = LayerStack(last.block, layers: 1)
      parallelism.pipeline = 1
    } else {
      parallelism = Parallelism()
    }
    return ModelPassPrice(
      try PriceList(
        model, on: estimate.hardware, at: estimate.precision, accounting: accounting, parallelism: parallelism))
  }
}

extension Question {
  /// What is asked of every fleet, whatever its load: a request of one text token.
  public var withoutLoad: Question {
    var plain = self
    plain.load = LoadQuestion()
    (plain.textTokens, plain.outputTokens) = (1, 1)
    return plain
  }

  /// Refuses what makes no sense of a fleet.
  ///
  /// - Throws: `Diagnostic` that says what to write.
  public func checkLoad() throws(Diagnostic) {
    try check()
    guard !load.rates.isEmpty || !load.clients.isEmpty || load.trace != nil else {
      throw Diagnostic("say how requests come: --rate, --concurrency or --trace")
    }
    guard load.inFlight == nil || load.clients.isEmpty else {
      throw Diagnostic("--concurrency limits the requests inside already; leave out --max-in-flight")
    }
    guard load.trace == nil || outputTokens.isEmpty && load.outputLengths.isEmpty && load.textLengths.isEmpty else {
      throw Diagnostic("--trace has the lengths of its requests; leave out --text-tokens and --generate")
    }
    guard load.trace != nil || !outputTokens.isEmpty || !load.outputLengths.isEmpty else {
      throw Diagnostic("say with --generate how many tokens a request produces")
    }
    guard batches.count == 1, batches.first == 1, contexts.count == 1, contexts.first == 0 else {
      throw Diagnostic("simulate has no --batch and no --context: the scheduler decides about both")
    }
    guard load.apart == nil || load.replicas.count == 1 && load.replicas.first == 1 else {
      throw Diagnostic("--disaggregate says how many engines there are; leave out --replicas")
    }
    guard load.sharedGroups == nil || load.sharedTokens != nil else {
      throw Diagnostic("--shared-prompts says of how many kinds; --shared-prompt how many tokens")
    }
    guard load.arrivals == .poisson || !load.rates.isEmpty else {
      throw Diagnostic("--arrivals says how requests come at a --rate; give one")
    }
  }
}

extension Engine {
  /// The engine without the host's time between passes, which the scheduler counts.
  fileprivate var withoutSteps: Engine {
    var copy = self
    copy.times?.step = EngineTimes().step
    return copy
  }
}
