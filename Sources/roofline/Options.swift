public import ArgumentParser
public import RooflineKit

extension MeasuredTime.Phase: ExpressibleByArgument {}

extension OutputFormat: ExpressibleByArgument {
  /// Reads `json`, in any case.
  public init?(argument: String) { self.init(spelling: argument) }
}

/// Reads the value of an option that is a whole number, as `2000`, `2k` or `1.5M`.
@Sendable func wholeNumber(_ text: String) throws -> Int {
  guard let number = Int(counting: text) else { throw ValidationError("expected a whole number, as 2000, 2k or 1.5M") }
  return number
}

/// Where the catalog is.
struct CatalogOptions: ParsableArguments {
  @Option(
    name: .customLong("catalog"), parsing: .singleValue,
    help: ArgumentHelp(
      "A folder with hardware/*.yaml, models/*.yaml and engines/*.yaml in front of the built-in ones. (env: ROOFLINE_CATALOG)",
      valueName: "folder"), completion: .directory)
  var folders: [String] = []

  func validate() throws {
    if folders.contains("") { throw ValidationError("expected the name of a folder after --catalog") }
  }

  /// The folder that is always looked into if it is there: `$XDG_CONFIG_HOME/roofline` or `~/.config/roofline`.
  static var userFolder: String? {
    if let base = Environment["XDG_CONFIG_HOME"], base.hasPrefix("/") { return "\(base)/roofline" }
    guard let home = Environment["HOME"], home.hasPrefix("/") else { return nil }
    return "\(home)/.config/roofline"
  }

  /// The built-in catalog behind the user's folders; those of the command line before those of the environment, and
  /// that of the user's settings last.
  func catalog() throws(Diagnostic) -> Catalog {
    let listed = Environment["ROOFLINE_CATALOG"] ?? ""
    var all = folders + listed.split(separator: ":").map(String.init)
    let kinds = Catalog.Kind.allCases
    if let folder = Self.userFolder, kinds.contains(where: { Files.isFolder("\(folder)/\($0.rawValue)") }) {
      all.append(folder)
    }
    return all.isEmpty ? .standard : try Catalog(folders: all)
  }
}

/// How and where a report is written.
struct OutputOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How to write the result. Default: by the ending of --output, else a table.",
      valueName: "format"))
  var format: OutputFormat?

  @Option(
    name: .customLong("output"),
    help: ArgumentHelp("Write the result to this file, whole or not at all; - is standard output.", valueName: "file"))
  private var name: String?

  /// The file; nil for standard output.
  var path: String? { name == "-" ? nil : name }

  func validate() throws {
    if let name { try OutputName.check(name, format: format) }
  }

  /// Where the result goes, for `WritingCommand`.
  var outputs: [(option: String, path: String)] { [path.map { ("--output", $0) } ?? ("standard output", "-")] }

  /// The format that is asked for, or that of the file's name.
  var chosenFormat: OutputFormat { format ?? path.flatMap { OutputFormat(ofFileNamed: $0) } ?? .table }

  /// Writes a report to the file or to standard output.
  func write(_ report: Report) throws(Diagnostic) {
    guard path == nil else {
      try report.check(for: chosenFormat)
      return try write(text: report.rendered(as: chosenFormat))
    }
    try Self.print(report, as: chosenFormat)
  }

  /// Writes a text to the file or to standard output.
  func write(text: String) throws(Diagnostic) {
    guard let path else { return try Console.write(text) }
    try Files.write(Array(text.utf8), to: path)
  }

  /// Writes a report to standard output.
  static func print(_ report: Report, as format: OutputFormat) throws(Diagnostic) {
    try report.check(for: format)
    try Console.write(format.renderer(width: Console.width, usesColor: Console.usesColor).render(report))
  }
}
