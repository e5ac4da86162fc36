internal import ArgumentParser
internal import RooflineKit

/// `roofline plan`: the cheapest fleets that are fast enough.
struct PlanCommand: WritingCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: "What to rent: the cheapest fleets that keep to latency targets under a load.",
    discussion: """
      roofline plan --model llava-1.5-7b --gpu all --precision fp16,int4 --generate 128 --rate 20 --ttft 500ms@p95 --tpot 50ms@p95

      Takes devices, formats, reducers, ways to spread a model, engines and a load as simulate does; unless they are \
      given, tensor parallelism is 1,2,4,8 and the replicas are as many as it takes. A target is of a figure of all \
      requests: @mean, @p50, @p90, @p95 (default) or @p99. Bounds rule out what cannot hold; the rest is simulated. \
      --find rate looks for the largest rate that given fleets sustain. See Documentation/plan.md.
      """)

  @OptionGroup var request: QuestionOptions
  @OptionGroup var load: LoadOptions
  @OptionGroup var plan: PlanOptions

  @Option(
    help: ArgumentHelp(
      "Write what became of every fleet that was looked at to this file.", valueName: "file.csv|jsonl"))
  var candidates: String?

  @OptionGroup var images: ImageRunOptions
  @OptionGroup var catalog: CatalogOptions
  @OptionGroup var output: OutputOptions

  var outputs: [(option: String, path: String)] {
    output.outputs + (candidates.map { [("--candidates", $0)] } ?? [])
  }

  func validate() throws {
    if let candidates { try OutputName.check(candidates, format: nil) }
  }

  /// The question, with what only plans are asked.
  private func asked() throws -> Question {
    let question = try request.asked(load.given + plan.given).planning()
    try asCall(question.checkPlan)
    return question
  }

  func run() throws {
    let question = try asked()
    if request.printQuestion { return try output.write(text: question.json) }
    guard question.plan.find == nil || candidates == nil else {
      throw ValidationError("--candidates is of a plan; --find rate looks at what it is given")
    }
    guard question.plan.find == nil || output.chosenFormat != .svg else {
      throw ValidationError("there is no picture of rates; write .html or .md")
    }
    let catalog = try catalog.catalog()
    for output in outputs { try OutputFile.check(OutputName.file(output.path)) }
    try images.check(hasPictures: !question.images.isEmpty)
    let pictures = try images.loads(of: question, in: catalog)
    Interrupts.hold()
    let answer = try PlanAnswer(question, in: catalog, pictures: pictures, watch)
    Console.progress(nil)
    if !Interrupts.isPending || Interrupts.keepsResults, let candidates, case .plan(let plan) = answer {
      try RecordStream.write(plan.verdicts.count, to: candidates) { plan.verdicts[$0].record }
    }
    try finish(Report(answer, isPage: output.chosenFormat.isPage), hasResult: answer.hasResult)
    guard answer.isFeasible else { throw RequirementOptions.failure }
  }

  /// Writes the report; after an interruption what was found so far.
  private func finish(_ report: Report, hasResult: Bool) throws {
    let isInterrupted = Interrupts.isPending
    guard !isInterrupted || Interrupts.keepsResults else { Interrupts.leave() }
    if !isInterrupted || hasResult { try output.write(report) }
    guard isInterrupted else { return }
    Console.complain("interrupted: \(hasResult ? "the best so far is written" : "nothing that holds was found so far")")
    Interrupts.leave()
  }

  private var watch: Plan.Watch {
    let shown = Locked((start: ContinuousClock.now, last: ContinuousClock.now))
    return Plan.Watch(
      progress: { text in
        let now = ContinuousClock.now
        let isDue = shown.withLock { times in
          guard now - times.start > .milliseconds(500), now - times.last > .milliseconds(80) else { return false }
          times.last = now
          return true
        }
        if isDue { Console.progress(text) }
      }, isStopped: { Interrupts.isPending })
  }
}
