internal import Architectures
internal import Documents
internal import Engines
internal import Estimation
internal import Hardware
internal import Operators
internal import Quantities
internal import Serving
internal import Traffic

extension LoadStudy {
  /// Refuses what passes of mixed requests cannot price.
  static func check(_ estimate: Estimate) throws(Diagnostic) {
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

  func traffic(of this: Case, _ load: Question.Load) throws(Diagnostic) -> RequestTraffic {
    let estimate = this.row.estimate
    let seed = load.seed
    let visual = estimate.visualTokens
    let arriving: RequestTraffic.Arriving =
      switch this.arriving {
      case .rate(let rate): .rate(rate, load.arrivals, inFlight: load.inFlight)
      case .clients(let count): .clients(count)
      case .trace: .listed(inFlight: load.inFlight)
      }
    if let trace {
      var requests = trace.requests(
        tokensPerPicture: Int(this.picture.tokens.mean.rounded()),
        reducedFrom: estimate.visualInput.reduction?.tokensBefore,
        secondsPerPicture: visual > 0 ? this.picture.seconds : 0)
      if let limit = load.requests { requests = Array(requests.prefix(limit)) }
      return RequestTraffic(requests, arriving, seed: seed)
    }
    guard let text = this.text, let output = this.output else {
      throw Diagnostic("say with --text-tokens and --generate how long requests are, or give --trace")
    }
    var count = load.requests ?? Self.usualRequests
    if load.requests == nil, case .clients(let clients) = this.arriving { count = max(count, 10 * clients) }
    guard visual > 0 || load.pictures == nil && load.pictureTokens == nil else {
      throw Diagnostic("there are no visual tokens to read; leave out --pictures and --picture-tokens")
    }
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

  func fleet(
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
    let cache = try cache(estimate, lengths)
    settings.blocks = min(200_000_000, max(1, (load.cacheTokens ?? cache.tokens) / settings.blockTokens))
    var fleet = FleetSettings(settings)
    fleet.replicas = this.replicas
    (fleet.routing, fleet.tower, fleet.seed) = (load.routing, load.tower, load.seed)
    fleet.speculation = load.speculation?.drafts
    if let apart = load.apart {
      guard let link = estimate.hardware.interconnect else {
        throw Diagnostic("what links several \(estimate.hardware.name) is not known; --disaggregate needs it")
      }
      // Each rank sends its own share, in one of both directions.
      fleet.apart = FleetSettings.Apart(
        prefill: apart.prefill, decode: apart.decode, latency: estimate.hardware.linkLatency.value.value,
        secondsPerToken: cache.bytesPerToken / (link.value.value / 2))
    }
    return fleet
  }

  /// What the pool of one rank holds: tokens, and bytes of each.
  ///
  /// Where every layer keeps all tokens of a typical request it is the engine's own count. Where windows or states make
  /// sequences smaller, it is the bytes by which one more request of typical length makes the cache grow.
  private func cache(
    _ estimate: Estimate, _ lengths: (prompt: Double, output: Double)
  ) throws(Diagnostic) -> (tokens: Int, bytesPerToken: Double) {
    let most = 1_000_000_000
    if let obstacle = estimate.obstacle { throw Diagnostic(obstacle) }
    let bytes = estimate.cacheCapacity?.value
    guard load.cacheTokens != nil || bytes != nil else {
      throw Diagnostic(
        "the memory of \(estimate.hardware.name) is not known; say with --kv-tokens how many tokens it holds")
    }
    guard load.cacheTokens != nil || bytes ?? 0 > 0 else {
      throw Diagnostic(
        "weights and what \(estimate.engine.name) keeps leave no room for a key-value cache on \(estimate.hardware.name)"
      )
    }
    let typical = Int(min(Double(Workload.tokenLimit), max(1, (lengths.prompt + lengths.output).rounded())))
    let runs = estimate.model.language?.stack.runs ?? []
    if runs.allSatisfy({ $0.block.window ?? .max >= typical && $0.block.recurrence == nil }), let bytes,
      let tokens = estimate.cacheTokens, tokens > 0
    {
      return (min(most, tokens), bytes / Double(tokens))
    }
    let parallelism = estimate.serving.parallelism
    var estimator = try Estimator(
      estimate.model, on: estimate.hardware, at: estimate.precision, accounting: accounting, parallelism: parallelism,
      engine: estimate.engine)
    // Experts' devices share the sequences: each has the cache of its own.
    func stored(_ sequences: Int) throws(Diagnostic) -> Double {
      try estimator.estimate(
        .tokens(0), textTokens: typical, batch: sequences * parallelism.expert,
        serving: Serving(parallelism: parallelism)
      ).footprint.cache.value
    }
    // The second sequence: of the first one layers with windows hold what is just passing besides.
    let bytesPerToken = (try stored(2) - stored(1)) / Double(typical)
    return (bytesPerToken > 0 ? Int(min(Double(most), (bytes ?? 0) / bytesPerToken)) : most, bytesPerToken)
  }

  /// The expected times of a model's passes by the engine of an estimate, without the host's time between them.
  func price(
    of model: MultimodalModel, as estimate: Estimate, over parallelism: Parallelism
  ) throws(Diagnostic) -> ModelPassPrice {
    ModelPassPrice(
      try PriceList(
        estimate.precision.isCheckpoint ? model.asStored : model, on: estimate.hardware, at: estimate.precision,
        accounting: accounting, parallelism: parallelism, engine: estimate.engine.withoutSteps))
  }

  /// The price of the passes of the model that makes drafts; nil where they take no time.
  func draftPrice(_ estimate: Estimate) throws(Diagnostic) -> ModelPassPrice? {
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
    return try price(of: model, as: estimate, over: parallelism)
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
