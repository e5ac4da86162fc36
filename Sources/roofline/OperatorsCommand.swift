internal import ArgumentParser
internal import RooflineKit

/// `roofline operators`: one estimate, operator by operator.
struct OperatorsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "operators", abstract: "One estimate, operator by operator, totals last.",
    discussion: "All visual tokens, unless --tokens or --reducer say otherwise.")

  @OptionGroup var request: RequestOptions

  @Option(help: ArgumentHelp("One precision.", valueName: "name"))
  var precision = "fp16"

  @OptionGroup var catalog: CatalogOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let precisions = try request.precisions(precision)
    guard let precision = precisions.first, precisions.count == 1 else {
      throw ValidationError("one estimate is shown; give one --precision")
    }
    let catalog = try catalog.catalog()
    let model = try request.model(in: catalog)
    let estimate = try Estimate(
      model, on: try catalog.hardware(request.hardware), precision: precision,
      visualInput: try request.visualInput(for: model), textTokens: request.textTokens, batch: request.batch,
      accounting: request.rules)
    try output.write(.operators(of: estimate))
  }
}
