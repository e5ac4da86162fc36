internal import ArgumentParser
internal import RooflineKit

/// `roofline compare`: reducers at a common number of visual tokens, ranked.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Rank token reducers at a common number of visual tokens.",
    discussion: """
      Every method of --reducer (default: all) is told to leave as many tokens as it can within the budget and priced \
      until the first token: vision encoder, connector, reduction and prefill. Takes what an estimate takes. Accuracies \
      are those that the PruMerge paper prints, where it prints any.
      """)

  @OptionGroup var request: QuestionOptions
  @OptionGroup var rows: RowOptions

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Visual tokens to leave, at most. Default: 144.", valueName: "n"))
  var budget: String?

  @OptionGroup var catalog: CatalogOptions
  @OptionGroup var requirements: RequirementOptions
  @OptionGroup var chart: ChartOptions
  @OptionGroup var output: OutputOptions

  func validate() throws { try requirements.check() }

  /// The question, with a budget and an order.
  private func asked() throws -> Question {
    let others = rows.given + [("budget", budget.map { [$0] } ?? [])]
    return try request.asked(others) { (question) throws(Diagnostic) in question = try question.comparison() }
  }

  func run() throws {
    let question = try asked()
    if request.printQuestion { return try output.write(text: question.json) }
    let catalog = try catalog.catalog()
    let precisions = ["fp16"]
    var study: Study
    if question.images.isEmpty {
      study = try question.study(in: catalog, precisions: precisions)
    } else {
      study = try question.studyOfPictures(in: catalog, precisions: precisions)
      study.subjects = [try subject(question.onlyModel(of: study), question, catalog)]
    }
    let sink = try AnswerSink(question, before: rows.before(), requirements, to: output, drawn: chart)
    try sink.write(study)
  }

  /// What methods leave of the picture.
  private func subject(_ model: MultimodalModel, _ question: Question, _ catalog: Catalog) throws -> Study.Subject {
    let photograph = try question.photograph(by: try question.encoder(of: model, in: catalog))
    return try question.subject(model, within: question.budget ?? Question.usualBudget) { (chain) throws(Diagnostic) in
      try photograph.input(of: chain, in: model)
    }
  }
}
