internal import Documents

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The bytes of a file, mapped into memory: only the pages that are read are loaded.
///
/// A program that shortens the file while it is mapped takes the pages away from under the reader; files of features
/// and weights are replaced, not edited, so this is not guarded against.
final class MappedFile: @unchecked Sendable {
  /// The whole file. Nobody writes to it, so any thread may read it while the object lives.
  private let bytes: UnsafeRawBufferPointer

  /// Maps the file at `path`.
  ///
  /// - Throws: `Diagnostic` if there is none, or it is unreadable, or not a regular file.
  init(_ path: String) throws(Diagnostic) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw Self.failure(path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw Self.failure(path) }
    let type = status.st_mode & S_IFMT
    guard type != S_IFDIR else { throw Diagnostic(file: path, "is a directory; expected a file") }
    guard type == S_IFREG else { throw Diagnostic(file: path, "is not a regular file; save it to disk first") }
    let size = Int(status.st_size)
    guard size > 0 else {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    let address = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0)
    guard let address, address != UnsafeMutableRawPointer(bitPattern: -1) else { throw Self.failure(path) }
    bytes = UnsafeRawBufferPointer(start: address, count: size)
  }

  deinit {
    if let address = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: address), bytes.count) }
  }

  /// The size of the file in bytes.
  var count: Int { bytes.count }

  /// Calls `body` with the bytes in `range`, which must lie in the file. They may not outlive the call.
  func withBytes<Result>(in range: Range<Int>, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    withExtendedLifetime(self) { body(UnsafeRawBufferPointer(rebasing: bytes[range])) }
  }

  /// The error that `errno` stands for.
  private static func failure(_ path: String) -> Diagnostic {
    Diagnostic(file: path, "cannot read: \(String(cString: strerror(errno)))")
  }
}
