public import Documents
internal import Traffic

extension Question {
  /// The question as a plan: with the numbers of devices that share every layer, where it says none.
  package func planning() -> Question {
    guard plan.find == nil, tensorParallel.isEmpty else { return self }
    var question = self
    question.tensorParallel = PlanQuestion.usualTensorParallel
    return question
  }

  /// What is asked of one fleet of a plan: no limits, one engine or split, targets for each request.
  package func load(split: PlanQuestion.Split) -> Question {
    var plain = self
    plain.plan = PlanQuestion()
    plain.load.replicas = NumberList()
    plain.load.apart = split.parts
    plain.load.ttft?.statistic = nil
    plain.load.tpot?.statistic = nil
    plain.rows = RowSelection()
    return plain
  }

  /// The seeds under each of which a fleet must hold: so many as are asked for, counted from the question's; 0 follows the
  /// largest.
  package func seeds(usually usual: Int) -> [UInt64] {
    (0..<(plan.seeds ?? usual)).map { load.seed &+ UInt64($0) }
  }

  /// The error where `--tpot` is given and no request generates a second token.
  package static let noFurtherTokens = Diagnostic(
    "--tpot is of the tokens behind the first, and no request has any: leave it out, or ask for longer answers")

  /// Refuses what makes no sense of a plan.
  ///
  /// - Throws: `Diagnostic` that says what to write.
  public func checkPlan() throws(Diagnostic) {
    guard load.ttft != nil || load.tpot != nil else {
      throw Diagnostic("say what is good enough: --ttft 500ms@p95, --tpot 50ms@p95, or both")
    }
    let lists = [
      ("model", models.count), ("rate", load.rates.count), ("concurrency", load.clients.count),
      ("text-tokens", textTokens.count + load.textLengths.count),
      ("generate", outputTokens.count + load.outputLengths.count), ("image-size", imageSizes.count),
      ("frames", frames.count), ("max-pixels", maxPixels.count),
    ]
    if let (name, count) = lists.first(where: { $0.1 > 1 }) {
      throw Diagnostic("a plan is of one load on one model; --\(name) has \(count) values: ask once for each")
    }
    guard models.first?.spelling != "all" else { throw Diagnostic("a plan is of one model; --model names all") }
    guard load.rates.isEmpty || load.clients.isEmpty else {
      throw Diagnostic("a plan is of one load; give --rate or --concurrency")
    }
    guard load.apart == nil else {
      throw Diagnostic("--disaggregate is of one fleet; a plan takes --split prefill:decode, as 1:1 or none,1:1,2:1")
    }
    guard rows.condition == nil, rows.order.isEmpty, rows.front.isEmpty, rows.columns.isEmpty else {
      throw Diagnostic("a plan orders fleets by what they cost; leave out --where, --sort, --pareto and --columns")
    }
    try checkFind()
    let outputs = outputTokens.map { $0 } + load.outputLengths.map(\.largest)
    guard load.tpot == nil || load.trace != nil || outputs.contains(where: { $0 > 1 }) else {
      throw Self.noFurtherTokens
    }
    var simulated = load(split: .none)
    if plan.find == .rate { simulated.load.rates = [1] }
    try simulated.checkLoad()
  }

  private func checkFind() throws(Diagnostic) {
    guard plan.find == .rate else {
      guard plan.tolerance == nil else { throw Diagnostic("--tolerance is of --find rate; leave it out") }
      return
    }
    guard load.rates.isEmpty, load.clients.isEmpty else {
      throw Diagnostic("--find rate looks for the rate; leave out --rate and --concurrency")
    }
    guard plan.maxDevices == nil, plan.maxCostPerHour == nil else {
      throw Diagnostic(
        "--find rate is of fleets whose size --replicas says; leave out --max-gpus and --max-cost-per-hour")
    }
  }
}
