internal import ArgumentParser
internal import RooflineKit

/// `roofline estimate`, the default: a row for each combination of all that is asked.
struct EstimateCommand: WritingCommand {
  static let configuration = CommandConfiguration(
    commandName: "estimate", abstract: "Time, bound, traffic and footprint of a prefill or a whole request (default).",
    discussion: """
      Options take one value, a list or a range (1,2,4 or 16..576:16); the rows are the product of all of them, as in
      roofline --model vicuna-7b --gpu all --batch 1..64*2 --generate 128 --where 'fits' --sort TPOT --top 10
      """)

  @OptionGroup var request: QuestionOptions
  @OptionGroup var rows: RowOptions

  @OptionGroup var images: ImageRunOptions
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "A time that you measured, in seconds or as in \"65 ms\": where it can differ from the expected one of the one row, and which engine explains it best.",
      valueName: "seconds"))
  var measured: String?

  @Option(help: ArgumentHelp("What was measured: prefill, ttft, decode (a step) or request.", valueName: "phase"))
  var phase: MeasuredTime.Phase?

  @OptionGroup var catalog: CatalogOptions
  @OptionGroup var requirements: RequirementOptions
  @OptionGroup var chart: ChartOptions
  @OptionGroup var output: OutputOptions

  var outputs: [(option: String, path: String)] {
    // Rows of pictures go to the file, and a table of them to standard output.
    output.outputs + (request.source.images.isGiven && output.path != nil ? [("standard output", "-")] : [])
  }

  func validate() throws { try requirements.check() }

  /// The measured time, if one is given.
  private func measuredTime() throws -> Seconds? {
    guard let measured else {
      guard phase == nil else { throw ValidationError("--phase says what --measured is of; give that as well") }
      return nil
    }
    if let seconds = Double(measured), seconds > 0, seconds.isFinite { return Seconds(seconds) }
    do { return try Seconds(parsing: measured) } catch {
      throw ValidationError("expected --measured as a time, as in 0.065 or \"65 ms\", found \"\(measured)\"")
    }
  }

  func run() throws {
    let question = try request.asked(rows.given)
    InputFiles.add([rows.baseline].compactMap { $0 })
    if request.printQuestion { return try output.write(text: question.json) }
    let catalog = try catalog.catalog()
    try images.check(hasPictures: !question.images.isEmpty)
    if let measured = try measuredTime() {
      guard question.rows == RowSelection(), rows.baseline == nil, requirements.conditions.isEmpty, chart.kind == nil,
        question.images.isEmpty
      else {
        throw ValidationError(
          "--measured is held against one row; leave out --where, --sort, --top, --pareto, --columns, --baseline, --require, "
            + "--fail-if-too-big, --chart and --image")
      }
      let phase = phase ?? (question.outputTokens.isEmpty ? .prefill : .request)
      return try output.write(Report(MeasuredTime(measured, of: phase, question, in: catalog)))
    }
    if !question.images.isEmpty {
      guard rows.baseline == nil else {
        throw ValidationError("--baseline compares rows without pictures; leave out --image")
      }
      return try survey(question, in: catalog)
    }
    let study = try question.study(in: catalog)
    let sink = try AnswerSink(question, before: rows.before(), requirements, to: output, drawn: chart)
    try sink.write(study)
  }
}
