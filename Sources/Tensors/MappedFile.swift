internal import CFiles
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
/// A program that shortens the file while it is mapped takes the pages away from under the reader, which then gets a
/// signal: a command says so and ends (`files_handle_fatal_signals`).
final class MappedFile: @unchecked Sendable {
  /// The whole file. Nobody writes to it, so any thread may read it while the object lives.
  private let bytes: UnsafeRawBufferPointer
  private let note: OpaquePointer?

  /// Maps the file at `path`.
  ///
  /// - Throws: `Diagnostic` if there is none, or it is unreadable, or not a regular file.
  init(_ path: String) throws(Diagnostic) {
    let (descriptor, size) = try Files.open(path, regularOnly: true)
    defer { close(descriptor) }
    guard let size, size > 0 else {
      (bytes, note) = (UnsafeRawBufferPointer(start: nil, count: 0), nil)
      return
    }
    let address = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0)
    guard let address, address != UnsafeMutableRawPointer(bitPattern: -1) else {
      throw Diagnostic(file: path, "cannot read: \(String(cString: strerror(errno)))")
    }
    bytes = UnsafeRawBufferPointer(start: address, count: size)
    let complaint = Diagnostic(
      file: path, "became shorter than its \(size) bytes while it was read; replace such files in one step")
    note = files_note_mapping(address, size, "\(complaint)\n")
  }

  deinit {
    files_forget(note)
    if let address = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: address), bytes.count) }
  }

  /// Lets go of the pages that lie in a range; they are read again if somebody looks at them.
  func leave(_ range: Range<Int>) {
    guard let base = bytes.baseAddress else { return }
    let page = Int(getpagesize())
    let (first, end) = ((range.lowerBound + page - 1) / page * page, range.upperBound / page * page)
    if first < end { madvise(UnsafeMutableRawPointer(mutating: base + first), end - first, MADV_DONTNEED) }
  }

  /// The size of the file in bytes.
  var count: Int { bytes.count }

  /// Calls `body` with the bytes in `range`, which must lie in the file. They may not outlive the call.
  func withBytes<Result>(in range: Range<Int>, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    withExtendedLifetime(self) { body(UnsafeRawBufferPointer(rebasing: bytes[range])) }
  }
}
