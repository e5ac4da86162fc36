public import Documents
internal import Traffic

extension Question.Load {
  /// Refuses a warm-up that leaves none of so many requests to the figures.
  func checkCounted(_ requests: Int) throws(Diagnostic) {
    guard warmup < requests else {
      throw Diagnostic("--warmup leaves out the first \(warmup) requests, and there are \(requests): nothing is left")
    }
  }
}

extension Question {
  /// What is asked of every fleet, whatever its load: a request of one text token.
  public var withoutLoad: Question {
    var plain = self
    (plain.load, plain.plan) = (Question.Load(), PlanQuestion())
    plain.rows = RowSelection()
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
    let lengths =
      [textTokens, outputTokens].allSatisfy(\.isEmpty) && load.textLengths.isEmpty && load.outputLengths.isEmpty
    guard load.trace == nil || lengths else {
      throw Diagnostic("--trace has the lengths of its requests; leave out --text-tokens and --generate")
    }
    guard load.trace == nil || load.pictures == nil && load.pictureTokens == nil && load.sharedTokens == nil else {
      throw Diagnostic(
        "--trace says what requests read; leave out --pictures, --picture-tokens and --shared-prompt")
    }
    guard load.trace != nil || !outputTokens.isEmpty || !load.outputLengths.isEmpty else {
      throw Diagnostic("say with --generate how many tokens a request produces")
    }
    guard batches.count == 1, batches.first == 1, contexts.count == 1, contexts.first == 0 else {
      throw Diagnostic("simulate has no --batch and no --context: the scheduler decides about both")
    }
    guard plan == PlanQuestion(), load.ttft?.statistic == nil, load.tpot?.statistic == nil else {
      throw Diagnostic(
        "the question is about a plan; roofline plan answers it. simulate takes --ttft and --tpot without an @, which each "
          + "good request keeps to")
    }
    guard load.apart == nil || load.replicas.isEmpty || load.replicas.count == 1 && load.replicas.first == 1 else {
      throw Diagnostic("--disaggregate says how many engines there are; leave out --replicas")
    }
    guard load.sharedGroups == nil || load.sharedTokens != nil else {
      throw Diagnostic("--shared-prompts says of how many kinds; --shared-prompt how many tokens")
    }
    if load.trace == nil, let requests = load.requests { try load.checkCounted(requests) }
    guard load.arrivals == .poisson || !load.rates.isEmpty else {
      throw Diagnostic("--arrivals says how requests come at a --rate; give one")
    }
  }
}
