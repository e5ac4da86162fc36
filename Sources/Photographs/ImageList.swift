package import Documents

/// The paths of pictures that a user names: files, folders, and lists.
package struct ImageList: Sendable, Hashable {
  /// The paths, in the order in which they were named; one that was named twice is there twice.
  package let paths: [String]

  /// What a name in a folder ends in if the file counts as a picture, in capitals or not: those that are read, and those
  /// whose being there should not pass unsaid.
  package static let endings = [".jpg", ".jpeg", ".png"]
  private static let otherEndings = [
    ".jpe", ".jfif", ".webp", ".heic", ".heif", ".avif", ".gif", ".tif", ".tiff", ".bmp", ".jxl", ".jp2", ".dng",
  ]
  /// Longer lists are refused.
  private static let limit = 1 << 28

  /// The pictures that `arguments` name, each of which is
  ///
  /// - a file,
  /// - a folder: all pictures in it and the folders in it, sorted by path, without hidden ones; those of formats that are
  ///   not read, and folders in it that cannot be listed, are there, too, so that reading them says what is wrong,
  /// - `@` and the path of a text file (`-` for standard input) with one file or folder on each line, relative to the
  ///   folder that the list is in. Empty lines are skipped.
  ///
  /// Whether a file is there, and a picture, shows when it is read.
  /// - Throws: `Diagnostic` if a folder or list cannot be read, holds a zero byte, or names no picture.
  ///
  /// - Parameter clips: whether every folder is a clip, named as it is, and no file stands for one.
  package init(_ arguments: [String], clips: Bool = false) throws(Diagnostic) {
    var paths: [String] = []
    for argument in arguments {
      paths +=
        argument.hasPrefix("@")
        ? try Self.listed(String(argument.dropFirst()), clips) : try Self.expanded(argument, clips)
    }
    self.paths = paths
  }

  /// The pictures in a folder, or the path itself.
  private static func expanded(_ path: String, _ clips: Bool) throws(Diagnostic) -> [String] {
    guard Files.isFolder(path) else {
      if clips { throw Diagnostic(file: path, "is no folder; with --frames every folder of frames is a clip") }
      return [path]
    }
    if clips { return [path] }
    let files = try Files.tree(path) { name in name.fileEnding.map((endings + otherEndings).contains) == true }
    guard !files.isEmpty else {
      throw Diagnostic(file: path, "no file in this folder ends in \(endings.joined(separator: ", "))")
    }
    return files
  }

  private static func listed(_ list: String, _ clips: Bool) throws(Diagnostic) -> [String] {
    let isInput = list == "-"
    let bytes = try Files.readText(isInput ? "/dev/stdin" : list, limit: limit)
    let name = isInput ? "standard input" : list
    let folder = isInput ? "" : list.folderPrefix
    var paths: [String] = []
    for (index, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
      let bytes = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
      // To the system a path ends there: another file than the named one would be read.
      guard !bytes.contains(0) else {
        throw Diagnostic(
          Diagnostic.Position(file: name, line: index + 1, column: 1), "the line holds a zero byte; no path does")
      }
      guard !bytes.isEmpty else { continue }
      let path = String(systemPath: bytes)
      paths += try expanded(path.hasPrefix("/") ? path : folder + path, clips)
    }
    guard !paths.isEmpty else { throw Diagnostic(file: name, "the list names no picture; expected one path a line") }
    return paths
  }
}
