internal import ArgumentParser
internal import RooflineKit

/// `roofline show`: all that the catalog knows of a model, a device or an engine, with sources.
struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a model, a device or an engine with the source of every figure.")

  @Argument(help: "A name, an alias or a file.")
  var name: String

  @OptionGroup var catalog: CatalogOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    switch try catalog.catalog().item(name) {
    case .hardware(let device): try output.write(.show(device))
    case .model(let model): try output.write(.show(model))
    case .engine(let engine): try output.write(.show(engine))
    }
  }
}
