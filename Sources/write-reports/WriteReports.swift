#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif
internal import RooflineKit

/// Writes every report into a folder that exists, and its charts into a folder `charts` in it:
/// `write-reports FOLDER [OPERATORS.csv PREFILLS.csv UNFITTED.csv [UNSEEN.csv] [ENGINES.csv ...] [MEMORY.csv] [CATALOG ...]
/// [MEASURED]]`.
///
/// The report on measured times is written only if the measurements are given: UNSEEN.csv has operators of models that
/// OPERATORS.csv lacks, ENGINES.csv times of engines, MEMORY.csv what engines report of memory; which is which their columns
/// say. A CATALOG is a folder with models that they name and that are not built in; what ends in `.csv` is none. MEASURED,
/// a folder with kernels.csv, is a device that was measured with this repository's scripts, as in Benchmarks/measured.
/// `write-reports FOLDER --fleet` writes the report on fleets alone, which a debug build takes many minutes for.
@main
enum WriteReports {
  static func main() {
    do throws(Diagnostic) { try write() } catch { fail(error) }
  }

  private static func fail(_ error: Diagnostic) -> Never {
    try? Files.write(Array("\(error.explanation)\n".utf8), to: STDERR_FILENO, name: "standard error")
    exit(1)
  }

  private static func write() throws(Diagnostic) {
    let arguments = CommandLine.arguments.dropFirst()
    if let folder = arguments.first, arguments.dropFirst() == ["--fleet"] {
      return try write([Document(try FleetBills())], to: folder)
    }
    let inputs = Array(arguments.dropFirst())
    let measurements = try Measurements(inputs)
    guard let folder = arguments.first, inputs.isEmpty || (3...4).contains(measurements.operators.count) else {
      throw Diagnostic(
        "usage: write-reports FOLDER [OPERATORS.csv PREFILLS.csv UNFITTED.csv [UNSEEN.csv] [ENGINES.csv ...] [MEMORY.csv] "
          + "[CATALOG ...] [MEASURED]]")
    }
    let catalog = Catalog.standard
    var documents = [
      Document(try PruMergeTable2()), Document(try PruMergeTokens()), Document(try ReducerPrices()),
      Document(try AccountingComparison()),
      Document(devices: try catalog.allHardware(), models: try catalog.allModels()),
    ]
    if measurements.operators.count > 2 { documents.append(try measurements.document(catalog)) }
    try write(documents, to: folder)
  }

  /// The measurements that reports/validation.md is of.
  private struct Measurements {
    /// Operators, prefills, unfitted and unseen ones.
    var operators: [String] = []
    var engines: [String] = []
    var memory: String?
    /// Folders with models besides the catalog's.
    let folders: [String]
    /// A device that was measured with this repository's scripts.
    let here: String?

    init(_ inputs: [String]) throws(Diagnostic) {
      let files = inputs.prefix { $0.hasSuffix(".csv") }
      let (measured, catalogs) = inputs.dropFirst(files.count).reduce(into: ([String](), [String]())) {
        if MeasuredHere.isOne($1) { $0.0.append($1) } else { $0.1.append($1) }
      }
      (folders, here) = (catalogs, measured.first)
      guard measured.count < 2 else {
        throw Diagnostic("one measured device is reported on, found \(measured.joined(separator: " and "))")
      }
      for file in files {
        // PREFILLS.csv names engines, too, whose kernels alone are meant.
        if try MemoryValidation.reads(file) {
          memory = file
        } else if operators.count > 1, try EngineValidation.reads(file) {
          engines.append(file)
        } else {
          operators.append(file)
        }
      }
    }

    func document(_ catalog: Catalog) throws(Diagnostic) -> Document {
      let wider = folders.isEmpty ? catalog : try Catalog(folders: folders)
      var times: [EngineValidation] = []
      for file in engines { times.append(try EngineValidation(measurements: file, catalog: wider)) }
      return try Document(
        operators: try Validation(measurements: operators[0]),
        prefills: try Validation(measurements: operators[1], catalog: wider),
        unfitted: try Validation(measurements: operators[2]),
        unseen: operators.count > 3 ? try Validation(measurements: operators[3]) : nil,
        engines: times.isEmpty ? nil : EngineValidation(times),
        memory: try memory.map { (file) throws(Diagnostic) in
          try MemoryValidation(measurements: file, catalog: wider)
        }, here: here.map { (folder) throws(Diagnostic) in try MeasuredHere(folder) })
    }
  }

  private static func write(_ documents: [Document], to folder: String) throws(Diagnostic) {
    try Files.makeFolder("\(folder)/charts")
    for document in documents {
      try Files.write(Array(document.markdown.utf8), to: "\(folder)/\(document.name)")
      for (path, picture) in document.pictures {
        try Files.write(Array(picture.utf8), to: "\(folder)/\(path)")
      }
    }
  }
}
