internal import ArgumentParser
internal import RooflineKit

/// `roofline reproduce`: a published table, computed anew and compared.
struct ReproduceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reproduce", abstract: "Compute a published table anew and compare it cell by cell.")

  /// The tables that can be reproduced.
  enum PublishedTable: String, ExpressibleByArgument, CaseIterable {
    case pruMergeTable2 = "prumerge-table2"

    init?(argument: String) { self.init(spelling: argument) }
  }

  @Argument(help: "The table: prumerge-table2.")
  var table: PublishedTable

  @OptionGroup var output: OutputOptions

  func run() throws {
    switch table {
    case .pruMergeTable2: try output.write(Report(PruMergeTable2()))
    }
  }
}
