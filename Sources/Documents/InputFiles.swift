#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The files that a program reads, none of which its outputs may replace.
///
/// Known by device and inode, so that neither a link nor another spelling of the path gets round it. A command says
/// `protect` as it starts; other programs may replace what they have read.
package enum InputFiles {
  private struct Identity: Hashable {
    let device, inode: UInt64

    init(_ status: stat) {
      device = UInt64(truncatingIfNeeded: status.st_dev)
      inode = UInt64(truncatingIfNeeded: status.st_ino)
    }
  }

  private static let files = Locked<Set<Identity>?>(nil)

  /// From now on every file that is opened to be read is an input.
  package static func protect() { files.withLock { if $0 == nil { $0 = [] } } }

  /// Has files that are to be read later be inputs, too; those that are not there are none.
  package static func add(_ paths: some Sequence<String>) {
    guard files.withLock({ $0 != nil }) else { return }
    for path in paths {
      var status = stat()
      if stat(path.systemPath, &status) == 0 { add(status) }
    }
  }

  /// Has an open file be an input.
  static func add(_ status: stat) {
    guard status.st_mode & S_IFMT == S_IFREG else { return }
    files.withLock { _ = $0?.insert(Identity(status)) }
  }

  /// Has nothing be written into a folder: what is looked for there by name would be found by the next run.
  package static func addFolder(_ path: String) {
    guard files.withLock({ $0 != nil }) else { return }
    var status = stat()
    guard stat(path.systemPath, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return }
    files.withLock { _ = $0?.insert(Identity(status)) }
  }

  /// Whether a file is an input, or a folder one that takes no output.
  static func contains(_ status: stat) -> Bool { files.withLock { $0?.contains(Identity(status)) == true } }
}
