package import Documents

/// What the files of one kind in a catalog are called, read once: for tables of thousands of names, none of which opens a
/// file that is not in the catalog.
package struct CatalogNames: Sendable {
  private var files: Set<String> = []
  /// The files that a spelling means; several where it is not clear which.
  private var spellings: [String: [String]] = [:]
  /// What engines are called, of which versions between those named are known as well.
  private var engines: [(file: String, aliases: [String])] = []

  /// The names and aliases of a kind.
  ///
  /// - Throws: `Diagnostic` of a file of the catalog that cannot be read.
  package init(_ kind: Catalog.Kind, of catalog: Catalog) throws(Diagnostic) {
    let callings = try catalog.callings(kind)
    files = Set(callings.map(\.file))
    if kind == .engines { engines = callings }
    for (file, _) in callings { spellings[file.spelling, default: []].append(file) }
    for (file, aliases) in callings {
      for alias in aliases where spellings[alias.spelling] == nil { spellings[alias.spelling] = [file] }
    }
  }

  /// The name of the file that a text means, as `Catalog.hardware` and `Catalog.model` find it; nil if it is not there.
  ///
  /// - Throws: `Diagnostic` for a text that could mean several.
  package func file(of text: String) throws(Diagnostic) -> String? {
    if files.contains(text) { return text }
    guard let meant = spellings[text.spelling] else { return Catalog.file(ofVersion: text, among: engines) }
    guard meant.count == 1 else { throw Catalog.ambiguous(text, meant.sorted()) }
    return meant.first
  }
}
