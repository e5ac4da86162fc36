internal import ArgumentParser
internal import RooflineKit

/// `roofline estimate`, the default: a row for each precision and number of visual tokens.
struct EstimateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "estimate", abstract: "Time, bound, traffic and footprint of a prefill or a whole request (default).")

  @OptionGroup var request: RequestOptions

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "Precisions, comma-separated: fp32, fp16, bf16, fp8, int8, w8a16, int4, w4a4; may be given several times.",
      valueName: "list"))
  var precision = ["fp16,int4"]

  @OptionGroup var serving: ServingOptions
  @OptionGroup var images: ImageRunOptions
  @OptionGroup var catalog: CatalogOptions
  @OptionGroup var requirements: RequirementOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let precisions = try serving.applied(to: request.precisions(precision))
    let catalog = try catalog.catalog()
    let model = try request.model(in: catalog)
    if request.source.images.isGiven { return try survey(model, at: precisions, in: catalog) }
    let study = try Study(
      model, on: try request.devices(in: catalog), precisions: precisions,
      visualInputs: try request.visualInputs(for: model), textTokens: request.textTokens, batch: request.batch,
      accounting: request.rules, serving: serving.serving)
    let report = Report(study)
    let failures = try requirements.failures(in: report.records)
    try output.write(report)
    try requirements.finish(failures)
  }

  /// A study of every picture, and their distribution where there are several.
  private func survey(_ model: Model, at precisions: [Precision], in catalog: Catalog) throws {
    let request = try request.surveyRequest(
      of: model, on: self.request.devices(in: catalog), at: precisions, serving: serving.serving)
    // A key that no row has is a wrong call, whatever the pictures hold.
    if requirements.isGiven { _ = try requirements.failures(in: request.sampleRecords()) }
    var survey = try ImageSurvey(request)
    let paths = try self.request.source.images.paths()
    let encoder = try self.request.encoder(for: request, in: catalog)
    let notes = encoder?.note.map { [$0] } ?? []
    var fails = false
    var output = try SurveyOutput(as: output.format, to: output.path)
    var last: Report?
    let tally = try images.measure(paths, encoder: encoder) { (photograph) throws(Diagnostic) in
      try request.inputs(of: photograph)
    } deliver: { (path, inputs) throws(Diagnostic) in
      let study = try survey.add(inputs, of: path)
      func records() -> [Record] { Record.rows(of: study, image: path, notes: notes + inputs.notes) }
      if requirements.isGiven, requirements.complain(of: records()) { fails = true }
      try output.add(records())
      guard paths.count == 1 else { return }
      last = Report(study, of: path, encoder: encoder?.name, notes: notes + inputs.notes)
    }
    let report = Report(survey.summary, tally, encoder: encoder?.name, notes: notes)
    try output.finish(last ?? report, tally, summary: report.records)
    images.finish(tally)
    if requirements.isGiven, tally.failed > 0 {
      Console.complain("requirement: it is not known whether the skipped images keep to it")
      fails = true
    }
    if fails { throw RequirementOptions.failure }
  }
}
