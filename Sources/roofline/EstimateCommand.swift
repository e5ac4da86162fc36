internal import ArgumentParser
internal import RooflineKit

/// `roofline estimate`, the default: a row for each precision and number of visual tokens.
struct EstimateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "estimate", abstract: "Time, bound, traffic and footprint of a prefill or a whole request (default).")

  @OptionGroup var request: RequestOptions

  @Option(
    help: ArgumentHelp(
      "Precisions, comma-separated: fp32, fp16, bf16, fp8, int8, w8a16, int4, w4a4.", valueName: "list"))
  var precision = "fp16,int4"

  @OptionGroup var serving: ServingOptions
  @OptionGroup var catalog: CatalogOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let precisions = serving.applied(to: try request.precisions(precision))
    let catalog = try catalog.catalog()
    let model = try request.model(in: catalog)
    let study = try Study(
      model, on: try request.devices(in: catalog), precisions: precisions,
      visualInputs: try request.visualInputs(for: model), textTokens: request.textTokens, batch: request.batch,
      accounting: request.rules, serving: serving.serving)
    try output.write(Report(study))
  }
}
