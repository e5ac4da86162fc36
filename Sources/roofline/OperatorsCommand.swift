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
    let catalog = try catalog.catalog()
    let devices = try request.devices(in: catalog)
    guard let precision = precisions.first, precisions.count == 1, let device = devices.first, devices.count == 1 else {
      throw ValidationError("one estimate is shown; give one --precision and one --gpu")
    }
    let model = try request.model(in: catalog)
    let estimate = try Estimate(
      model, on: device, precision: precision,
      visualInput: try request.visualInput(for: model, in: catalog), textTokens: request.textTokens,
      batch: request.batch,
      accounting: request.rules)
    try output.write(.operators(of: estimate))
  }
}
