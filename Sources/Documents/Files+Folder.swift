#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

extension Files {
  /// The paths of the files in a folder and the folders in it whose names are wanted, sorted.
  ///
  /// Hidden files and folders are left out, as are links to folders, which may lead round in circles.
  /// - Throws: `Diagnostic` if a folder cannot be listed.
  public static func tree(_ folder: String, where isWanted: (String) -> Bool) throws(Diagnostic) -> [String] {
    var (files, folders) = ([String](), [folder])
    while let folder = folders.popLast() {
      for name in try entries(of: folder) where !name.hasPrefix(".") {
        let path = folder.hasSuffix("/") ? "\(folder)\(name)" : "\(folder)/\(name)"
        var status = stat()
        guard lstat(path, &status) == 0 else { continue }
        if status.st_mode & S_IFMT == S_IFDIR {
          folders.append(path)
        } else if isWanted(name), !isFolder(path) {
          files.append(path)
        }
      }
    }
    return files.sorted()
  }
}
