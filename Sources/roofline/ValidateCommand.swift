internal import ArgumentParser
internal import RooflineKit

/// `roofline validate`: predicted times against measured ones.
struct ValidateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate", abstract: "Compare predicted times with measured ones.",
    discussion: """
      The file is a CSV table of operators (hardware, operator, precision, rows, inner, columns, batch, tokens, heads, \
      kv_heads, head_width, seconds) or of whole prefills (model, precision, batch, prompt_tokens, device, seconds).
      """)

  @Option(help: ArgumentHelp("The measured times.", valueName: "file"))
  var measurements: String

  @Option(
    name: [.customLong("hardware"), .customLong("gpu")], help: ArgumentHelp("Only this device.", valueName: "name"))
  var hardware: String?

  @Option(help: ArgumentHelp("List so many of the rows that are farthest off.", valueName: "n"))
  var worst = 0

  @OptionGroup var catalog: CatalogOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard (0...1_000_000).contains(worst) else {
      throw ValidationError("expected --worst from 0 to 1000000, found \(worst)")
    }
  }

  func run() throws {
    let validation = try Validation(
      measurements: measurements, hardware: hardware, catalog: try catalog.catalog())
    try output.write(Report(validation, worst: worst))
  }
}
