internal import ArgumentParser
internal import RooflineKit

/// What a user gives `--output` for files of one kind.
struct OutputName {
  /// The path as given.
  let path: String
  /// What the files' names end in, for example `.png`.
  let ending: String

  /// - Parameter folders: whether it may also be a folder, for several files.
  /// - Throws: `ValidationError` for an empty name, for `-`, and for what names another kind of file.
  init(_ path: String, for ending: String, holding content: String, folders: Bool = false) throws {
    (self.path, self.ending) = (path, ending)
    if path.isEmpty { throw ValidationError("expected the name of a file after --output") }
    let expected = "--output writes \(content); expected a file named *\(ending)"
    if path == "-" { throw ValidationError("\(expected): what is not text does not go to standard output") }
    if !folders, isFolder { throw ValidationError("\(expected) in it, found the folder \"\(path)\"") }
    guard isFolder || path.fileEnding == nil || path.fileEnding == ending else {
      throw ValidationError("\(expected)\(folders ? ", or a folder with / behind it" : ""), found \"\(path)\"")
    }
  }

  /// Whether it is, or is written as, a folder.
  var isFolder: Bool { path.hasSuffix("/") || Files.isFolder(path) }

  /// The folder for so many files.
  ///
  /// - Throws: `ValidationError` if it is named as one file.
  func folder(of count: Int) throws -> String {
    guard isFolder || path.fileEnding == nil else {
      throw ValidationError("--output is a folder where there are \(count) pictures, found \"\(path)\"")
    }
    return path.hasSuffix("/") && path.utf8.count > 1 ? String(path.dropLast()) : path
  }

  /// - Throws: `ValidationError` for an empty name and, of reports, for an ending that names another kind of file.
  static func check(_ path: String, format: OutputFormat?) throws {
    if path.isEmpty { throw ValidationError("expected the name of a file after --output") }
    if path == "-" { return }
    let named = OutputFormat(ofFileNamed: path)
    guard let ending = path.fileEnding, named != format || format == nil else { return }
    if format == nil, named == nil {
      throw ValidationError(
        "the ending of \"\(path)\" names no format; use \(endings), or say which with --format")
    }
    if let format, named != nil || others.contains(ending) {
      throw ValidationError("\"\(path)\" is the name of another kind of file than --format \(format.rawValue) writes")
    }
  }

  /// The usual endings of all formats, in words.
  private static var endings: String {
    let all = OutputFormat.allCases.map { $0.endings[0] + ($0 == .table ? " (a table)" : "") }
    return "\(all.dropLast().joined(separator: ", ")) or \(all[all.count - 1])"
  }

  /// The endings of files that are read, besides those of formats.
  private static let others = [".yaml", ".yml", ".safetensors", ".png", ".jpg", ".jpeg"]
}

/// A subcommand that may write several files.
protocol WritingCommand: ParsableCommand {
  /// What is written, called by its option, and the file; `-` is standard output.
  var outputs: [(option: String, path: String)] { get }
}

extension OutputName {
  /// The file of a name: `-` is standard output.
  static func file(_ name: String) -> String { name == "-" ? "/dev/stdout" : name }

  /// - Throws: `ValidationError` for two outputs that are one file: the second would replace the first.
  static func checkAreDifferent(_ outputs: [(option: String, path: String)]) throws {
    for (index, one) in outputs.enumerated() {
      for other in outputs[..<index] where OutputFile.areSame(file(one.path), file(other.path)) {
        throw ValidationError(
          "\(other.option) and \(one.option) both write to \(other.path == "-" ? one.path : other.path); give each a file of its own"
        )
      }
    }
  }
}
