internal import ArgumentParser
internal import RooflineKit

/// `roofline list`: what is known by name.
struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List models, hardware, engines, reducers or columns.")

  /// What can be listed.
  enum Kind: String, ExpressibleByArgument, CaseIterable {
    case models, hardware, engines, reducers, columns

    init?(argument: String) { self.init(spelling: argument) }
  }

  @Argument(help: "models, hardware, engines, reducers or columns.")
  var kind: Kind

  @OptionGroup var catalog: CatalogOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let report: Report =
      switch kind {
      case .models: .list(try catalog.catalog().allModels())
      case .hardware: .list(try catalog.catalog().allHardware())
      case .engines: .list(try catalog.catalog().allEngines())
      case .reducers: .listOfReducers()
      case .columns: .listOfColumns()
      }
    try output.write(report)
  }
}
