#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// What the operating system says of the machine.
struct Machine {
  /// Logical processors.
  let cores: Int
  /// Bytes of memory; nil where it is not said.
  let memory: Double?
  /// Bytes of the last-level cache; nil where it is not said.
  let cache: Double?

  init() {
    cores = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    let (pages, size) = (sysconf(Int32(_SC_PHYS_PAGES)), sysconf(Int32(_SC_PAGESIZE)))
    memory = pages > 0 && size > 0 ? Double(pages) * Double(size) : nil
    #if canImport(Glibc)
      let sizes = [_SC_LEVEL3_CACHE_SIZE, _SC_LEVEL2_CACHE_SIZE].map { sysconf(Int32($0)) }
      cache = sizes.first { $0 > 0 }.map(Double.init)
    #else
      cache = nil
    #endif
  }
}
