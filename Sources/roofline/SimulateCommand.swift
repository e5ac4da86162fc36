internal import ArgumentParser
internal import RooflineKit

/// `roofline simulate`: fleets under traffic, pass by pass.
struct SimulateCommand: WritingCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate", abstract: "Serve requests under load, pass by pass: latency, throughput, goodput.",
    discussion: """
      roofline simulate --model llava-1.5-7b --gpu a100-80gb --precision fp16 --generate 128 --rate 2,4,8

      Lengths and pictures are numbers or distributions: lognormal:mean=200,p95=700, uniform:min=80,max=100, \
      gamma:mean=200,cv=1, exponential:mean=200, histogram:FILE.csv:COLUMN. Documentation/scheduler.md has the rules of \
      the scheduler, and the file of --scenario.
      """)

  @OptionGroup var request: QuestionOptions
  @OptionGroup var load: LoadOptions
  @OptionGroup var rows: RowOptions

  @Option(
    help: ArgumentHelp("Write a row for each request to this file, of one simulation.", valueName: "file.csv|jsonl"))
  var requestRows: String?

  @Option(
    help: ArgumentHelp(
      "Write what happened over time to this file, of one simulation.", valueName: "file.csv|jsonl"))
  var timeline: String?

  @Option(
    help: ArgumentHelp("Write a line of JSON for each pass to this file, of one simulation.", valueName: "file.jsonl"))
  var passes: String?

  @Option(
    help: ArgumentHelp(
      "Run the scheduler alone, on the requests and the linear price of a JSON file.", valueName: "file.json"),
    completion: .file(extensions: ["json"]))
  var scenario: String?

  @OptionGroup var images: ImageRunOptions
  @OptionGroup var catalog: CatalogOptions
  @OptionGroup var requirements: RequirementOptions
  @OptionGroup var chart: ChartOptions
  @OptionGroup var output: OutputOptions

  /// The files of one simulation.
  private var files: [(option: String, path: String)] {
    [("--request-rows", requestRows), ("--timeline", timeline), ("--passes", passes)].compactMap { option, path in
      path.map { (option, $0) }
    }
  }

  var outputs: [(option: String, path: String)] { output.outputs + files }

  func validate() throws {
    for file in files { try OutputName.check(file.path, format: nil) }
    guard rows.baseline == nil else { throw ValidationError("--baseline compares rows of single requests") }
    guard !requirements.failIfTooBig else {
      throw ValidationError(
        "--fail-if-too-big is of single requests; a fleet without room for a cache is an error here")
    }
    try requirements.check(ofLoad: true)
  }

  /// The question, with what only fleets are asked.
  private func asked() throws -> Question {
    let question = try request.asked(load.given + rows.given)
    try asCall(question.checkLoad)
    return question
  }

  func run() throws {
    if let scenario { return try run(scenario) }
    let question = try asked()
    if request.printQuestion { return try output.write(text: question.json) }
    let study = try study(question, in: try catalog.catalog())
    let isSeveral = study.count > 1
    if isSeveral, let file = files.first {
      throw ValidationError("\(file.option) is of one simulation; \(study.count) are asked for")
    }
    for output in outputs { try OutputFile.check(OutputName.file(output.path)) }
    try chart.check(output.chosenFormat)
    Interrupts.hold()
    let log = try PassLog(passes)
    let answer = try LoadAnswer(study, question.rows, isStopped: { Interrupts.isPending }) { index in
      watch(log, isSeveral ? "simulation \(index + 1) of \(study.count): " : "")
    }
    Console.progress(nil)
    let format = output.chosenFormat
    let report = try asCall { () throws(Diagnostic) in
      try question.loadReport(answer, drawn: Question.Drawn(chart.kind, in: format), isPage: format.isPage)
    }
    if format.isForMachines { for omission in answer.omissions { Console.complain(omission) } }
    try finish(report, answer.first, log)
    var rows = answer.rows
    if requirements.complain(of: &rows) { throw RequirementOptions.failure }
  }

  /// The simulations; pictures are looked at now.
  private func study(_ question: Question, in catalog: Catalog) throws -> LoadStudy {
    try images.check(hasPictures: !question.images.isEmpty)
    guard let pictures = try images.loads(of: question, in: catalog) else {
      return try LoadStudy(question, in: catalog)
    }
    return try LoadStudy(question, pictures, in: catalog)
  }

  /// Runs the scheduler alone.
  private func run(_ path: String) throws {
    let asked = try figures(of: path)
    try images.check(hasPictures: false)
    guard requirements.conditions.isEmpty, chart.kind == nil, catalog.folders.isEmpty, request.question == nil,
      !request.printQuestion
    else {
      throw ValidationError(
        "--scenario runs the scheduler alone; leave out --question, --print-question, --require, --chart and --catalog")
    }
    let scenario = try Scenario(contentsOf: path)
    for output in outputs { try OutputFile.check(OutputName.file(output.path)) }
    Interrupts.hold()
    let log = try PassLog(passes)
    var simulation = try Simulation(
      scenario.fleet, scenario.traffic, price: scenario.price, draftPrice: scenario.draftPrice)
    let result = try simulation.run(watch(log, ""))
    Console.progress(nil)
    try finish(
      Report(scenario: path, result, warmup: asked.warmup, targets: asked.targets), result, log)
  }

  /// What is asked of the figures of a scenario, whose file says everything else.
  private func figures(of path: String) throws -> Question.Load {
    let own = ["warmup", "ttft", "tpot"]
    if let other = (request.given + load.given + rows.given).first(where: { !$0.1.isEmpty && !own.contains($0.0) })?.0 {
      throw ValidationError("--scenario has its requests, engines and prices in \(path); leave out --\(other)")
    }
    var question = Question()
    try asCall { () throws(Diagnostic) in
      for (name, texts) in load.given where !texts.isEmpty { try question.set(name, to: texts) }
    }
    return question.load
  }

  /// Writes the report and the files of one simulation.
  private func finish(_ report: Report, _ result: SimulationResult?, _ log: PassLog) throws {
    let isInterrupted = Interrupts.isPending
    guard !isInterrupted || Interrupts.keepsResults else { Interrupts.leave() }
    try log.finish()
    if let result {
      if let requestRows {
        try RecordStream.write(result.arrivals.count, to: requestRows) { result.requestRecord($0) }
      }
      if let timeline {
        let records = result.timeline.records
        try RecordStream.write(records.count, to: timeline) { records[$0] }
      }
    }
    try output.write(report)
    if isInterrupted {
      Console.complain("interrupted: what was done until then is written")
      Interrupts.leave()
    }
  }

  private func watch(_ log: PassLog, _ what: String) -> Simulation.Watch {
    let shown = Locked((start: ContinuousClock.now, last: ContinuousClock.now))
    return Simulation.Watch(pass: log.take) { done, all in
      let now = ContinuousClock.now
      let isDue = shown.withLock { times in
        guard now - times.start > .milliseconds(500), now - times.last > .milliseconds(80) else { return false }
        times.last = now
        return true
      }
      if isDue { Console.progress("\(what)\(done) of \(all) requests") }
      return Interrupts.isPending
    }
  }
}

/// The log of passes, a line each.
private struct PassLog: Sendable {
  private let file: OutputFile?

  init(_ path: String?) throws(Diagnostic) {
    file = try path.map { (path) throws(Diagnostic) in try OutputFile(at: OutputName.file(path)) }
  }

  /// Takes a pass; nil where there is no log.
  var take: (@Sendable (Simulation.PassRecord) throws(Diagnostic) -> Void)? {
    guard let file else { return nil }
    return { record throws(Diagnostic) in try file.write("\(record.json)\n".utf8) }
  }

  func finish() throws(Diagnostic) { try file?.finish() }
}
