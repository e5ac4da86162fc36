internal import ArgumentParser
internal import RooflineKit

/// `roofline operators`: one estimate, operator by operator, on a device or on several side by side.
struct OperatorsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "operators",
    abstract: "One estimate, operator by operator, totals last; on several devices side by side.",
    discussion: """
      All visual tokens, unless --tokens or --reducer say otherwise. With --generate one step of decoding besides, the \
      last one or that of --step.
      """)

  @OptionGroup var request: QuestionOptions

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Which step of decoding to show with --generate, from 1. Default: the last.", valueName: "n"),
    transform: wholeNumber)
  var step: Int?

  @OptionGroup var catalog: CatalogOptions
  @OptionGroup var chart: ChartOptions
  @OptionGroup var output: OutputOptions

  func validate() throws { if request.question == nil { try check(request.asked()) } }

  /// Refuses several of anything but devices, and a step that is none.
  private func check(_ question: Question) throws {
    let lists = [
      ("model", question.models.count), ("precision", max(1, question.precisions.count)),
      ("batch", question.batches.count),
      ("text-tokens", question.textTokens.count), ("generate", max(1, question.outputTokens.count)),
      ("context", question.contexts.count), ("kv-precision", max(1, question.cacheFormats.count)),
      ("tensor-parallel", question.tensorParallel.count), ("pipeline-parallel", question.pipelineParallel.count),
      ("expert-parallel", question.expertParallel.count), ("image-size", max(1, question.imageSizes.count)),
      ("engine", max(1, question.engines.count)),
      ("memory-utilization", max(1, question.memoryUtilizations.count)),
      ("max-num-seqs", max(1, question.maxSequences.count)),
      ("max-num-batched-tokens", max(1, question.maxBatchTokens.count)),
      ("frames", max(1, question.frames.count)), ("max-pixels", max(1, question.maxPixels.count)),
      ("rank-ratio", max(1, question.rankRatios.count)), ("lora-rank", max(1, question.loraRanks.count)),
    ]
    for (name, count) in lists where count != 1 {
      throw ValidationError("one estimate is shown on each device; give one --\(name), found \(count)")
    }
    guard let step else { return }
    guard let tokens = question.outputTokens.first, tokens > 1, (1..<tokens).contains(step) else {
      throw ValidationError(
        "expected --step from 1 to one less than the number of --generate, as the prefill makes the first token, found "
          + "\(step)")
    }
  }

  func run() throws {
    let question = try request.asked()
    try check(question)
    if request.printQuestion { return try output.write(text: question.json) }
    let catalog = try catalog.catalog()
    let precisions = ["fp16"]
    var study =
      question.images.isEmpty
      ? try question.study(in: catalog, precisions: precisions)
      : try question.studyOfPictures(in: catalog, precisions: precisions)
    if !question.images.isEmpty {
      let request = try question.surveyRequest(in: catalog, precisions: precisions)
      let inputs = try request.inputs(of: question.photograph(for: request, in: catalog))
      study.subjects = [Study.Subject(inputs.model, inputs.visualInputs)]
    }
    guard study.blocks == study.devices.count, !study.subjects[0].inputs.isEmpty else {
      throw ValidationError("one estimate is shown on each device; the question has \(study.blocks)")
    }
    study.subjects[0].inputs = [try input(question, of: study.subjects[0])]
    study.subjects[0].baseline = nil
    try chart.check(output.chosenFormat)
    let estimates = try study.rows().map(\.estimate)
    var report = Report.operators(of: estimates, step: step)
    report.head = [.init(key: "question", value: .record(question.record))]
    if output.chosenFormat.isDrawn {
      try ChartOptions.draw { () throws(Diagnostic) in
        try report.draw(operatorsOf: estimates, step: step, as: chart.kind)
      }
      report.addPage(operatorsOf: estimates, question)
    }
    try output.write(report)
  }

  /// The one visual input that is asked for: all tokens, unless a reducer or numbers are.
  private func input(_ question: Question, of subject: Study.Subject) throws -> VisualInput {
    let reduced = subject.inputs.filter { $0.reduction != nil }
    let isAsked = !question.reducers.isEmpty || !question.tokens.methods.isEmpty
    let counts =
      question.tokens.counts.isEmpty
      ? [] : subject.inputs.filter { $0.reduction == nil }.suffix(question.tokens.counts.count)
    let wanted = (question.tokens.isFull ? Array(subject.inputs.prefix(1)) : []) + counts + (isAsked ? reduced : [])
    let inputs = wanted.isEmpty ? Array(subject.inputs.prefix(1)) : wanted
    guard let input = inputs.first, inputs.count == 1 || question.tokens.isFull && isAsked && inputs.count == 2 else {
      throw ValidationError("one estimate is shown; give one number of --tokens, or one --reducer")
    }
    return inputs.count == 2 ? inputs[1] : input
  }
}
