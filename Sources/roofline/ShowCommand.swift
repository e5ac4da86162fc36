internal import ArgumentParser
internal import RooflineKit

/// `roofline show`: all that the catalog knows of a model or a device, with sources.
struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a model or a device with the source of every figure.")

  @Argument(help: "A name, an alias or a file.")
  var name: String

  @OptionGroup var catalog: CatalogOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    switch try catalog.catalog().item(name) {
    case .hardware(let device): try output.write(.show(device))
    case .model(let model): try output.write(.show(model))
    }
  }
}
