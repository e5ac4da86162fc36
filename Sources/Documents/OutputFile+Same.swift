#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

extension OutputFile {
  /// Where bytes that are written to a path go.
  private enum Place: Hashable {
    /// An open descriptor, as standard output.
    case descriptor(Int32)
    /// A file that is there, or the place of one in a folder that is there.
    case file(device: UInt64, inode: UInt64, name: String)
  }

  /// Whether what is written to two paths goes to one file, and the second would replace the first or run into it: links are
  /// followed, and a file need not be there. Devices, as `/dev/null`, take any number of outputs.
  package static func areSame(_ first: String, _ second: String) -> Bool {
    !places(first).isDisjoint(with: places(second))
  }

  private static func places(_ path: String) -> Set<Place> {
    var status = stat()
    if let descriptor = openDescriptor(path) {
      let place = fstat(descriptor, &status) == 0 ? self.place(status) : nil
      return Set([.descriptor(descriptor)] + [place].compactMap { $0 })
    }
    guard let target = try? resolved(path) else { return [] }
    if stat(target.systemPath, &status) == 0 { return Set([place(status)].compactMap { $0 }) }
    let folder = target.folderPrefix
    guard stat((folder.isEmpty ? "." : folder).systemPath, &status) == 0 else { return [] }
    return [place(status, target.fileName)]
  }

  /// The place of a file or a pipe; nil of devices.
  private static func place(_ status: stat) -> Place? {
    [S_IFREG, S_IFIFO].contains(status.st_mode & S_IFMT) ? place(status, "") : nil
  }

  private static func place(_ status: stat, _ name: String) -> Place {
    .file(
      device: UInt64(truncatingIfNeeded: status.st_dev), inode: UInt64(truncatingIfNeeded: status.st_ino), name: name)
  }
}
