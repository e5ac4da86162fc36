#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A file that is written piece by piece beside the one that it replaces, and takes its place in one step.
///
/// The file at the path is either what it was or complete, never partial; it keeps its mode, and where the path is a
/// link, the file that it leads to is replaced. Devices and pipes (`/dev/stdout`) are written to directly. What is not
/// finished is removed.
public final class FileReplacement {
  private let path, target: String
  /// The file beside it; nil for devices and pipes, and once it is in place.
  private var temporary: String?
  private var descriptor: Int32

  /// Begins to replace the file at `path`.
  ///
  /// - Throws: `Diagnostic` if the folder is missing, or it or the file is not writable.
  public init(of path: String) throws(Diagnostic) {
    self.path = path
    var status = stat()
    var target = path
    var mode: mode_t?
    if stat(path, &status) == 0 {
      let type = status.st_mode & S_IFMT
      guard type != S_IFDIR else { throw Diagnostic(file: path, "is a directory; expected a file to write") }
      if type != S_IFREG {
        self.target = path
        descriptor = open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Files.failure("cannot write", path) }
        return
      }
      // A rename would replace the file although nobody may write to it.
      guard access(path, W_OK) == 0 else { throw Files.failure("cannot write", path) }
      target = Files.resolved(path)
      mode = status.st_mode & 0o7777
    }
    self.target = target
    let temporary = "\(target).\(getpid()).part"
    descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw Files.failure("cannot write", path) }
    self.temporary = temporary
    if let mode { fchmod(descriptor, mode) }
  }

  deinit {
    close(descriptor)
    if let temporary { unlink(temporary) }
  }

  /// Appends bytes.
  ///
  /// - Throws: `Diagnostic` if the disk is full.
  public func write(_ bytes: [UInt8]) throws(Diagnostic) {
    try Files.write(bytes, to: descriptor, name: path)
  }

  /// Puts what was written in place of the file; nothing may be written after that.
  ///
  /// - Throws: `Diagnostic` if the file cannot be replaced.
  public func finish() throws(Diagnostic) {
    guard let temporary else { return }
    guard rename(temporary, target) == 0 else { throw Files.failure("cannot write", path) }
    self.temporary = nil
  }
}

extension Files {
  /// Whether `write` may be expected to succeed, found out before much work; leaves no file behind.
  ///
  /// - Throws: `Diagnostic` if the folder is missing, or it or the file is not writable.
  public static func checkWritable(_ path: String) throws(Diagnostic) {
    var status = stat()
    // What reads a pipe would take its being closed for the end.
    if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG, status.st_mode & S_IFMT != S_IFDIR {
      guard access(path, W_OK) == 0 else { throw failure("cannot write", path) }
      return
    }
    _ = try FileReplacement(of: path)
  }
}
