internal import CFiles

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The one way in which files are written: piece by piece into a part beside the file that it replaces, which then takes
/// that file's place in one step.
///
/// The file at the path is either what it was or complete, never partial; it keeps its mode, and where the path is a
/// link, the file that it leads to is replaced or made. An input (`InputFiles`) is never replaced, and nothing is added to
/// a folder that is one. Devices and pipes, and
/// descriptors that are open (`/dev/stdout`), are written to directly. The part has a random name of 28 bytes and is
/// removed if it is not finished, also when the process ends. Used by one thread at a time.
package final class OutputFile: @unchecked Sendable {
  /// The path, as the user named it.
  package let path: String
  private let target: String
  private var part: Part?
  private var descriptor: Int32

  /// Whether parts may be begun and finished; a program that ends holds the lock for good.
  private static let parts = Locked<Void>(())

  /// A file that is not finished.
  private struct Part {
    let path: [CChar]
    let note: OpaquePointer?
  }

  /// Begins to write the file at `path`.
  ///
  /// - Throws: `Diagnostic` if it is an input or a folder, its folder is missing, or it or the folder is not writable.
  package init(at path: String) throws(Diagnostic) {
    self.path = path
    if let open = Self.openDescriptor(path) {
      (target, descriptor) = (path, dup(open))
      guard descriptor >= 0 else { throw Files.failure("cannot write", path) }
      return
    }
    target = try Self.resolved(path)
    let old = try Self.check(target, path)
    if let old, old.st_mode & S_IFMT != S_IFREG {
      descriptor = open(target.systemPath, O_WRONLY | O_CLOEXEC)
      guard descriptor >= 0 else { throw Files.failure("cannot write", path) }
      return
    }
    try Self.checkFolder(of: target, path)
    guard let (part, descriptor) = Self.makePart(beside: target) else { throw Files.failure("cannot write", path) }
    (self.part, self.descriptor) = (part, descriptor)
    if let old { fchmod(descriptor, old.st_mode & 0o777) }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
    guard let part else { return }
    Self.parts.withLock { _ in
      unlink(part.path)
      files_forget(part.note)
    }
  }

  /// Appends bytes.
  ///
  /// - Throws: `Diagnostic` if the disk is full.
  package func write(_ bytes: some Collection<UInt8>) throws(Diagnostic) {
    try Files.write(Array(bytes), to: descriptor, name: path)
  }

  /// Closes the part, which has no more to come: many may wait to be finished.
  ///
  /// - Throws: `Diagnostic` if the system says only now that it could not be written.
  package func seal() throws(Diagnostic) {
    guard descriptor >= 0 else { return }
    let status = close(descriptor)
    descriptor = -1
    guard status == 0 else { throw Files.failure("cannot write", path) }
  }

  /// Puts what was written in place of the file; nothing may be written after that.
  ///
  /// - Throws: `Diagnostic` if the file cannot be replaced, or has become an input.
  package func finish() throws(Diagnostic) {
    try seal()
    guard let part else { return }
    _ = try Self.check(target, path)
    let target = target.systemPath
    let isDone = Self.parts.withLock { _ in
      guard rename(part.path, target) == 0 else { return false }
      files_forget(part.note)
      return true
    }
    guard isDone else { throw Files.failure("cannot write", path) }
    self.part = nil
  }

  /// Removes all parts; from then on none is begun or finished. For a program that ends.
  package static func abandonAll() {
    parts.lockForever()
    files_remove_parts()
  }

  /// Whether writing may be expected to succeed, found out before much work; leaves nothing behind.
  ///
  /// - Throws: `Diagnostic` as `init(at:)` does.
  package static func check(_ path: String) throws(Diagnostic) {
    // What reads a pipe would take its being closed for the end.
    var status = stat()
    if openDescriptor(path) != nil { return }
    if stat(path.systemPath, &status) == 0, ![S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT) {
      guard access(path.systemPath, W_OK) == 0 else { throw Files.failure("cannot write", path) }
      return
    }
    _ = try OutputFile(at: path)
  }

  /// - Throws: `Diagnostic` if the file at `path`, which is there, is an input.
  package static func checkSpares(_ path: String) throws(Diagnostic) {
    var status = stat()
    guard stat(path.systemPath, &status) == 0, InputFiles.contains(status) else { return }
    throw Diagnostic(
      file: path, "is read by this very run and would be replaced by its result; choose another --output")
  }
}

extension OutputFile {
  /// - Throws: `Diagnostic` if the file would lie in a folder that takes no output.
  private static func checkFolder(of target: String, _ path: String) throws(Diagnostic) {
    let folder = target.folderPrefix
    var status = stat()
    guard stat((folder.isEmpty ? "." : folder).systemPath, &status) == 0, InputFiles.contains(status) else { return }
    throw Diagnostic(
      file: path,
      "lies in the folder of the encoder, where the next run would take it for part of the model; choose another --output"
    )
  }

  /// What is at `target`, or nil if nothing is.
  private static func check(_ target: String, _ path: String) throws(Diagnostic) -> stat? {
    var status = stat()
    guard stat(target.systemPath, &status) == 0 else { return nil }
    guard status.st_mode & S_IFMT != S_IFDIR else {
      throw Diagnostic(file: path, "is a directory; expected a file to write")
    }
    if InputFiles.contains(status) { try checkSpares(path) }
    // A rename would replace the file although nobody may write to it.
    guard access(target.systemPath, W_OK) == 0 else { throw Files.failure("cannot write", path) }
    return status
  }

  /// The open descriptor that a path stands for, if any: it may be at any place of a file, or append to it.
  static func openDescriptor(_ path: String) -> Int32? {
    switch path {
    case "/dev/stdout": return STDOUT_FILENO
    case "/dev/stderr": return STDERR_FILENO
    default:
      guard let prefix = ["/dev/fd/", "/proc/self/fd/"].first(where: path.hasPrefix) else { return nil }
      return Int32(path.dropFirst(prefix.count))
    }
  }

  /// The path of the file that a path leads to, whether it is there or not: links followed.
  static func resolved(_ path: String) throws(Diagnostic) -> String {
    var path = path
    for _ in 0..<40 {
      var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
      let count = readlink(path.systemPath, &buffer, Int(PATH_MAX))
      guard count > 0 else { return path }
      let link = String(systemPath: buffer.prefix(count).map { UInt8(bitPattern: $0) })
      path = link.hasPrefix("/") ? link : path.folderPrefix + link
    }
    throw Diagnostic(file: path, "cannot write: the links lead round in a circle")
  }

  /// A new file in the folder of `target`, open to be written; nil, with `errno`, if there cannot be one.
  private static func makePart(beside target: String) -> (Part, Int32)? {
    for _ in 0..<100 {
      let random = String(UInt64.random(in: 0 ... .max), radix: 36)
      let name = String(repeating: "0", count: 13 - random.count) + random
      let path = "\(target.folderPrefix).roofline-\(name).part".systemPath
      let made: (Part, Int32)? = parts.withLock { _ in
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        return descriptor < 0 ? nil : (Part(path: path, note: files_note_part(path)), descriptor)
      }
      if made != nil || errno != EEXIST { return made }
    }
    return nil
  }
}
