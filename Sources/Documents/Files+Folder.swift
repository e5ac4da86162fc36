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
  /// Hidden files and folders are left out, as are links to folders, which may lead round in circles. A folder in it that
  /// cannot be listed, and what cannot be looked at, is there itself: whoever reads it learns why.
  /// - Throws: `Diagnostic` if the folder itself cannot be listed.
  package static func tree(_ folder: String, where isWanted: (String) -> Bool) throws(Diagnostic) -> [String] {
    var (files, folders) = ([String](), [folder])
    let root = folder
    while let folder = folders.popLast() {
      let names: [String]
      do throws(Diagnostic) {
        names = try entries(of: folder)
      } catch {
        guard folder != root else { throw error }
        files.append(folder)
        continue
      }
      for name in names where !name.hasPrefix(".") {
        let path = folder.hasSuffix("/") ? "\(folder)\(name)" : "\(folder)/\(name)"
        var status = stat()
        if lstat(path.systemPath, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
          folders.append(path)
        } else if isWanted(name), !isFolder(path) {
          files.append(path)
        }
      }
    }
    return files.sorted()
  }
}
