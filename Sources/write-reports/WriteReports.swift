internal import RooflineKit

/// Writes every report into a folder that exists, and its charts into a folder `charts` in it:
/// `write-reports FOLDER [OPERATORS.csv PREFILLS.csv UNFITTED.csv [CATALOG]]`.
///
/// The report on measured times is written only if the measurements are given. CATALOG is a folder with models that
/// they name and that are not built in.
@main
enum WriteReports {
  static func main() {
    do throws(Diagnostic) { try write() } catch { error.exit() }
  }

  private static func write() throws(Diagnostic) {
    let arguments = CommandLine.arguments.dropFirst()
    guard let folder = arguments.first, arguments.count == 1 || (4...5).contains(arguments.count) else {
      throw Diagnostic("usage: write-reports FOLDER [OPERATORS.csv PREFILLS.csv UNFITTED.csv [CATALOG]]")
    }
    let catalog = Catalog.standard
    var documents = [
      Document(try PruMergeTable2()), Document(try PruMergeTokens()), Document(try ReducerPrices()),
      Document(try AccountingComparison()),
      Document(devices: try catalog.allHardware(), models: try catalog.allModels()),
    ]
    let measurements = Array(arguments.dropFirst())
    if measurements.count > 2 {
      let wider = measurements.count > 3 ? try Catalog(folders: [measurements[3]]) : catalog
      documents.append(
        Document(
          operators: try Validation(measurements: measurements[0]),
          prefills: try Validation(measurements: measurements[1], catalog: wider),
          unfitted: try Validation(measurements: measurements[2])))
    }
    try Files.makeFolder("\(folder)/charts")
    for document in documents {
      try Files.write(Array(document.markdown.utf8), to: "\(folder)/\(document.name)")
      for (path, picture) in document.pictures {
        try Files.write(Array(picture.utf8), to: "\(folder)/\(path)")
      }
    }
  }
}
