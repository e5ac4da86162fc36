internal import ArgumentParser
internal import RooflineKit

/// `roofline compare`: reducers at a common number of visual tokens, ranked.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Rank token reducers at a common number of visual tokens.",
    discussion: """
      Every method is told to leave as many tokens as it can within the budget and priced until the first token: \
      vision encoder, connector, reduction and prefill. Accuracies are those that the PruMerge paper prints, where it prints any.
      """)

  @Option(help: ArgumentHelp("A multimodal model: a catalog name, an alias, or a model file.", valueName: "name"))
  var model: String

  @Option(
    name: [.customLong("gpu"), .customLong("hardware")],
    help: ArgumentHelp("A device: a catalog name, an alias, or a hardware file.", valueName: "name"))
  var hardware: String

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp("all, or the name of a method; may be given several times.", valueName: "all|name"))
  var reducer: [String] = ["all"]

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Visual tokens to leave, at most.", valueName: "n"),
    transform: wholeNumber)
  var budget = 144

  @OptionGroup var source: FeatureOptions

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Text tokens of a sequence.", valueName: "n"),
    transform: wholeNumber)
  var textTokens = 40

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Sequences that are processed together.", valueName: "n"),
    transform: wholeNumber)
  var batch = 1

  @Option(help: ArgumentHelp("One precision.", valueName: "name"))
  var precision = "fp16"

  @OptionGroup var catalog: CatalogOptions
  @OptionGroup var requirements: RequirementOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard (0...Workload.tokenLimit).contains(textTokens) else {
      throw ValidationError("expected --text-tokens from 0 to \(Workload.tokenLimit), found \(textTokens)")
    }
    guard (1...Workload.batchLimit).contains(batch) else {
      throw ValidationError("expected --batch from 1 to \(Workload.batchLimit), found \(batch)")
    }
    guard Accounting.exact().precision(precision) != nil else {
      let known = Accounting.exact().precisionNames.joined(separator: ", ")
      throw ValidationError("unknown precision \"\(precision)\"; known are \(known)")
    }
    _ = try methods()
  }

  /// The methods that are asked for, each once; an unknown one is a wrong call.
  private func methods() throws -> [Reducers.Method] {
    var methods: [Reducers.Method] = []
    for name in reducer {
      do {
        let named = name.spelling == "all" ? Reducers.all.filter { $0.name != "schedule" } : [try Reducers.entry(name)]
        for method in named where !methods.contains(where: { $0.name == method.name }) { methods.append(method) }
      } catch {
        throw ValidationError(error.message)
      }
    }
    return methods
  }

  func run() throws {
    let catalog = try catalog.catalog()
    guard let precision = Accounting.exact().precision(precision) else { return }
    let model = try catalog.model(model)
    let input = try visualInput(in: model, catalog)
    let comparison = try Comparison(
      model, on: try catalog.hardware(hardware), precision: precision, methods: try methods(), budget: budget,
      textTokens: textTokens, batch: batch, input: input)
    let report = Report(comparison)
    let failures = try requirements.failures(in: report.records)
    try output.write(report)
    try requirements.finish(failures)
  }

  /// What chains leave of the picture, or of the features or the sample.
  private func visualInput(
    in model: Model, _ catalog: Catalog
  ) throws -> (ReducerChain) throws(Diagnostic) -> VisualInput {
    guard source.images.isGiven else {
      let features = try source.load()
      return { (chain) throws(Diagnostic) in
        try .reduced(by: chain, in: model) { () throws(Diagnostic) in features }
      }
    }
    let encoder = try source.images.encoder(of: model, named: self.model, in: catalog)
    let photograph = try Photograph(source.images.path(), for: ImageRunner(encoder))
    for note in photograph.notes + (encoder.note.map { [$0] } ?? []) {
      Console.complain("\(photograph.path): note: \(note)")
    }
    return { (chain) throws(Diagnostic) in try photograph.input(of: chain, in: model) }
  }
}
