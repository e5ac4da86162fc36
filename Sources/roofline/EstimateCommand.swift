internal import ArgumentParser
internal import RooflineKit

/// `roofline estimate`, the default: a row for each combination of all that is asked.
struct EstimateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "estimate", abstract: "Time, bound, traffic and footprint of a prefill or a whole request (default).",
    discussion: """
      Options take one value, a list or a range (1,2,4 or 16..576:16); the rows are the product of all of them, as in
      roofline --model vicuna-7b --gpu all --batch 1..64*2 --generate 128 --where 'fits' --sort TPOT --top 10
      """)

  @OptionGroup var request: QuestionOptions
  @OptionGroup var rows: RowOptions

  @OptionGroup var images: ImageRunOptions
  @OptionGroup var catalog: CatalogOptions
  @OptionGroup var requirements: RequirementOptions
  @OptionGroup var chart: ChartOptions
  @OptionGroup var output: OutputOptions

  func validate() throws { if request.question == nil { _ = try request.asked(rows.given) } }

  func run() throws {
    let question = try request.asked(rows.given)
    if request.printQuestion { return try output.write(text: question.json) }
    let catalog = try catalog.catalog()
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
