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

  /// Refuses several of anything but devices, and a step that is none.
  private func check(_ question: Question) throws {
    try asCall(question.checkOneRequest)
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
    study = try asCall { () throws(Diagnostic) in try question.oneRequest(study).study }
    try chart.check(output.chosenFormat)
    let estimates = try study.rows().map(\.estimate)
    var report = Report.operators(of: estimates, step: step)
    report.head = [.init(key: "question", value: .record(question.record))]
    if output.chosenFormat.isDrawn {
      try asCall { () throws(Diagnostic) in
        try report.draw(operatorsOf: estimates, step: step, as: chart.kind)
      }
      report.addPage(operatorsOf: estimates, question)
    }
    try output.write(report)
  }
}
