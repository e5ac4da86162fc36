internal import Documents

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// What memory this process may still have, where somebody limits it.
enum Memory {
  /// - Throws: `Diagnostic` if so many bytes cannot be had.
  static func check(_ bytes: Int, for purpose: String) throws(Diagnostic) {
    // Memory that may be written to counts against both limits; none of it is touched, or set aside by the system.
    let address = mmap(nil, max(1, bytes), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE | anonymous, -1, 0)
    guard let address, address != UnsafeMutableRawPointer(bitPattern: -1) else {
      throw Diagnostic(
        "\(purpose) takes \((bytes + 999_999) / 1_000_000) MB of memory, which cannot be had; raise the limit "
          + "(ulimit -v, ulimit -d), or have fewer threads")
    }
    munmap(address, max(1, bytes))
  }

  #if canImport(Darwin)
    private static let anonymous = MAP_ANON
  #else
    private static let anonymous = Int32(MAP_ANONYMOUS)
  #endif
}
