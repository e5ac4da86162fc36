internal import ArgumentParser
internal import RooflineKit

/// `roofline reduce`: runs reducers on features and says, or writes, what is left.
struct ReduceCommand: WritingCommand {
  static let configuration = CommandConfiguration(
    commandName: "reduce", abstract: "Run a token reducer on features and count the tokens left.",
    discussion: """
      --output FILE.safetensors writes the tokens (F32) and the indices of the kept patches (I32, -1 for the class \
      token) there, and from methods that merge the token that each patch went into (assignment, I32, -1 if it was \
      dropped); the counts go to standard output.
      """)

  @Option(
    help: ArgumentHelp("The reducer to run. Default: prumerge. See: roofline list reducers", valueName: "name"),
    transform: ReducerArgument.init(named:))
  var reducer: [ReducerArgument] = []

  @OptionGroup var source: FeatureOptions

  @Option(
    name: .customLong("repeat"), parsing: .unconditional,
    help: ArgumentHelp("Run it so many times and report the median time.", valueName: "n"),
    transform: wholeNumber)
  var repetitions = 1

  @Option(
    name: .customLong("output"),
    help: ArgumentHelp("Write tokens [count, width] and kept indices to this safetensors file.", valueName: "file"))
  var path: String?

  @OptionGroup var images: ImageRunOptions

  @Option(help: "How to print the count: table, markdown, csv or json.")
  var format: OutputFormat = .table

  var outputs: [(option: String, path: String)] {
    [("standard output", "-")] + (path.map { [("--output", $0)] } ?? [])
  }

  func validate() throws {
    guard reducer.count <= 1 else {
      throw ValidationError(
        "reduce runs one --reducer, found \(reducer.count); roofline compare sets several side by side")
    }
    if source.images.encoder != nil, !source.images.isGiven {
      throw ValidationError("--encoder looks at pictures; give --image")
    }
    guard (1...1_000_000).contains(repetitions) else {
      throw ValidationError("expected --repeat from 1 to 1000000, found \(repetitions)")
    }
    if let path { _ = try OutputName(path, for: ".safetensors", holding: "tensors") }
  }

  func run() throws {
    try images.check(hasPictures: source.images.isGiven)
    if let path { try OutputFile.check(path) }
    if source.images.isGiven { return try reducePictures(source.images.paths()) }
    let run = try TimedReduction(chosen, source.load(), repetitions: repetitions)
    if let path { try run.result.write(to: path) }
    try OutputOptions.print(Report(run), as: format)
  }

  private var chosen: any TokenReducer { (reducer.first ?? .pruMerge).reducer }

  /// What is left of pictures; the distribution where there are several.
  private func reducePictures(_ paths: [String]) throws {
    if path != nil, paths.count > 1 {
      throw ValidationError("--output holds the tokens of one picture; --image names \(paths.count)")
    }
    let encoder = try source.images.loadEncoder()
    // Now it is known where the encoder's files lie, too.
    if let path { try OutputFile.check(path) }
    let (reducer, repetitions) = (chosen, repetitions)
    var summary = ReductionSummary(reducer: reducer.name)
    var output = try SurveyOutput(as: format)
    var last: Report?
    let tally = try images.measure(paths, encoder: encoder) { (photograph) throws(Diagnostic) in
      let run = try photograph.timedReduction(by: reducer, repetitions: repetitions)
      return (run: run, notes: (encoder.note.map { [$0] } ?? []) + photograph.notes)
    } deliver: { (_, result) throws(Diagnostic) in
      summary.add(result.run)
      let report = Report(result.run, remarks: result.notes)
      try output.add(report.records)
      guard paths.count == 1 else { return }
      last = report
      if let path { try result.run.result.write(to: path) }
    }
    let report = Report(summary, tally, encoder: encoder.name)
    try output.finish(last ?? report, tally, summary: report.records)
    images.finish(tally)
  }
}
