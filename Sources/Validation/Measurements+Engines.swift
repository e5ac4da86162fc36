package import Catalog
package import Documents
internal import Hardware

extension EngineValidation {
  /// Files of up to this size are read.
  private static let sizeLimit = 1 << 26

  /// Whether the file at `path` has times of engines: a column that names them.
  package static func reads(_ path: String) throws(Diagnostic) -> Bool {
    let table = try table(path)
    return table.column("operator") == nil && table.column("kv_cache_gib") == nil
      && (table.column("engine") != nil || table.column("framework") != nil)
  }

  /// Predicts every row of the file at `path`; only those of one device if `hardware` names it.
  ///
  /// Columns are those of `roofline help validate`. Names that the catalog lacks are errors, each counted; what else cannot
  /// be compared is left out and counted.
  /// - Throws: `Diagnostic` at the field that cannot be read, or if no row is left.
  package init(measurements path: String, hardware: String? = nil, catalog: Catalog = .standard) throws(Diagnostic) {
    let only = try hardware.map { name throws(Diagnostic) in try catalog.hardware(name).name }
    var reader = try EngineMeasurements(Self.table(path), catalog)
    let runs = try reader.runs(only: only)
    guard !runs.isEmpty else {
      let device = only.map { " of \($0)" } ?? ""
      throw Diagnostic(
        file: path,
        (["no row\(device) can be compared"] + reader.unknownNames.map(\.message) + reader.omissionTexts)
          .joined(separator: "; "))
    }
    self.init(file: path, runs, unknown: reader.unknownNames, omissions: reader.omissionTexts)
  }

  private static func table(_ path: String) throws(Diagnostic) -> CSV {
    try CSV(parsing: Files.readText(path, limit: sizeLimit), file: path)
  }
}
