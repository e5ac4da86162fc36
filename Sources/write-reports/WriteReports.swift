internal import RooflineKit

/// Writes every report into a folder that exists: `write-reports FOLDER`; charts go into a folder `charts` in it.
@main
enum WriteReports {
  static func main() throws {
    guard let folder = CommandLine.arguments.dropFirst().first else { throw Diagnostic("usage: write-reports FOLDER") }
    let catalog = Catalog.standard
    let documents = [
      Document(try PruMergeTable2()), Document(try PruMergeTokens()), Document(try ReducerPrices()),
      Document(try AccountingComparison()),
      Document(devices: try catalog.allHardware(), models: try catalog.allModels()),
    ]
    try Files.makeFolder("\(folder)/charts")
    for document in documents {
      try Files.write(Array(document.markdown.utf8), to: "\(folder)/\(document.name)")
      for (path, picture) in document.pictures {
        try Files.write(Array(picture.utf8), to: "\(folder)/\(path)")
      }
    }
  }
}
