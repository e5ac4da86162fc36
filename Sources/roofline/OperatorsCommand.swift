internal import ArgumentParser
internal import RooflineKit

/// `roofline operators`: one estimate, operator by operator.
struct OperatorsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "operators", abstract: "One estimate, operator by operator, totals last.",
    discussion: """
      All visual tokens, unless --tokens or --reducer say otherwise. With --generate one step of decoding besides, the \
      last one or that of --step.
      """)

  @OptionGroup var request: RequestOptions

  @Option(parsing: .singleValue, help: ArgumentHelp("One precision.", valueName: "name"))
  var precision = ["fp16"]

  @OptionGroup var serving: ServingOptions

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Which step of decoding to show with --generate, from 1. Default: the last.", valueName: "n"),
    transform: wholeNumber)
  var step: Int?

  @OptionGroup var catalog: CatalogOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let precisions = try serving.applied(to: request.precisions(precision))
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
      accounting: request.rules, serving: serving.serving)
    try output.write(.operators(of: estimate, step: step))
  }

  func validate() throws {
    guard let step else { return }
    guard let tokens = serving.generate, tokens > 1, (1..<tokens).contains(step) else {
      throw ValidationError(
        "expected --step from 1 to one less than the number of --generate, as the prefill makes the first token, found "
          + "\(step)")
    }
  }
}
