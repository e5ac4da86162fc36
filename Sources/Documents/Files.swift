#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Reading whole files and replacing them whole.
package enum Files {
  /// The bytes of the file at `path`.
  ///
  /// - Throws: `Diagnostic` if there is none, it is a directory, unreadable, or larger than `limit` bytes; with
  ///   `regularOnly` also if it is a pipe or a device, which may have no end.
  package static func read(_ path: String, limit: Int, regularOnly: Bool = false) throws(Diagnostic) -> [UInt8] {
    let (descriptor, size) = try open(path, regularOnly: regularOnly)
    defer { close(descriptor) }
    if let size, size > limit { throw Diagnostic(file: path, "has \(size) bytes; at most \(limit) are read here") }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(size ?? 0)
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = systemRead(descriptor, &buffer, buffer.count)
      if count < 0 {
        if isTemporary(errno, awaiting: POLLIN, on: descriptor) { continue }
        throw failure("cannot read", path)
      }
      if count == 0 { return bytes }
      guard bytes.count + count <= limit else {
        throw Diagnostic(file: path, "has more than \(limit) bytes; at most \(limit) are read here")
      }
      bytes.append(contentsOf: buffer[..<count])
    }
  }

  /// The text of the file at `path`, in UTF-8, without the byte-order mark that some editors begin it with.
  ///
  /// - Throws: `Diagnostic` as `read` does, and for the mark of UTF-16.
  package static func readText(_ path: String, limit: Int, regularOnly: Bool = false) throws(Diagnostic) -> [UInt8] {
    let bytes = try read(path, limit: limit, regularOnly: regularOnly)
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      throw Diagnostic(file: path, "is text in UTF-16; save it as UTF-8")
    }
    return bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
  }

  /// Opens the file at `path` to be read, by which it is an input; the size is nil for a pipe or a device.
  ///
  /// - Throws: `Diagnostic` if there is none, it is a directory or unreadable, or with `regularOnly` a pipe or a device.
  package static func open(
    _ path: String, regularOnly: Bool = false
  ) throws(Diagnostic) -> (descriptor: Int32, size: Int?) {
    let descriptor = systemOpen(path.systemPath, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw failure("cannot read", path) }
    do throws(Diagnostic) {
      var status = stat()
      guard fstat(descriptor, &status) == 0 else { throw failure("cannot read", path) }
      let type = status.st_mode & S_IFMT
      guard type != S_IFDIR else { throw Diagnostic(file: path, "is a directory; expected a file") }
      guard type == S_IFREG || !regularOnly else {
        throw Diagnostic(file: path, "is a pipe or a device; expected a file: save what it gives first")
      }
      InputFiles.add(status)
      return (descriptor, type == S_IFREG ? Int(status.st_size) : nil)
    } catch {
      close(descriptor)
      throw error
    }
  }

  /// Replaces the file at `path` by `bytes` in one step, as `OutputFile` does.
  ///
  /// - Throws: `Diagnostic` if the file is an input, the folder is missing, it or the file is not writable, or the disk
  ///   is full.
  package static func write(_ bytes: some Collection<UInt8>, to path: String) throws(Diagnostic) {
    let file = try OutputFile(at: path)
    try file.write(bytes)
    try file.finish()
  }

  /// Writes all bytes to an open file that errors call `name`.
  package static func write(_ bytes: [UInt8], to descriptor: Int32, name: String) throws(Diagnostic) {
    var written = 0
    while written < bytes.count {
      let count = bytes[written...].withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, $0.count) }
      if count < 0 {
        if isTemporary(errno, awaiting: POLLOUT, on: descriptor) { continue }
        throw failure("cannot write", name)
      }
      written += count
    }
  }

  /// The files in the folder at `path` whose names end in one of `suffixes`, in capitals or not, sorted by name; not the
  /// hidden ones, which editors and systems leave behind.
  ///
  /// - Throws: `Diagnostic` if there is no such folder.
  package static func names(in path: String, suffixes: [String]) throws(Diagnostic) -> [String] {
    try entries(of: path).filter { name in
      !name.hasPrefix(".") && suffixes.contains(where: name.lowercased().hasSuffix)
    }.sorted()
  }

  /// The names of all that is in a folder, in any order; see `String.init(systemPath:)`.
  static func entries(of path: String) throws(Diagnostic) -> [String] {
    guard let folder = opendir(path.systemPath) else { throw failure("cannot list", path) }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(systemPath: $0) }
      }
      names.append(name)
    }
    return names
  }

  /// Makes the folder at `path`, whose parent exists, unless it is there.
  ///
  /// - Throws: `Diagnostic` if it cannot be made.
  package static func makeFolder(_ path: String) throws(Diagnostic) {
    guard isFolder(path) || mkdir(path.systemPath, 0o777) == 0 else { throw failure("cannot make the folder", path) }
  }

  /// Whether there is anything at `path`.
  package static func exists(_ path: String) -> Bool { access(path.systemPath, F_OK) == 0 }

  /// Whether there is a folder at `path`.
  package static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path.systemPath, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Whether a call that failed with `error` may be repeated; waits until the file is ready if it was not.
  ///
  /// A pipe is not ready while its writer, which is at work, has nothing to say yet.
  private static func isTemporary(_ error: Int32, awaiting event: Int32, on descriptor: Int32) -> Bool {
    guard error == EAGAIN else { return error == EINTR }
    var request = pollfd(fd: descriptor, events: Int16(event), revents: 0)
    return poll(&request, 1, -1) >= 0 || errno == EINTR
  }

  /// The error that `errno` stands for.
  static func failure(_ verb: String, _ path: String) -> Diagnostic {
    Diagnostic(file: path, "\(verb): \(String(cString: strerror(errno)))")
  }
}

// The members `open`, `read` and `write` above hide the C functions of the same names.
private func systemOpen(_ path: [CChar], _ flags: Int32) -> Int32 { open(path, flags) }
private func systemRead(_ file: Int32, _ buffer: UnsafeMutableRawPointer, _ count: Int) -> Int {
  read(file, buffer, count)
}
private func systemWrite(_ file: Int32, _ buffer: UnsafeRawPointer?, _ count: Int) -> Int {
  write(file, buffer, count)
}
