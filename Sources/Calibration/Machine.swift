internal import Jobs
internal import LinearAlgebra

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// What the operating system says of the machine.
struct Machine {
  /// Logical processors that this program may use: fewer than there are under `taskset`.
  let cores: Int
  /// Bytes of memory; nil where it is not said.
  let memory: Double?
  /// Bytes of the last-level caches of those processors together; nil where it is not said.
  let cache: Double?

  /// A machine of such sizes.
  init(cores: Int, memory: Double?, cache: Double?) { (self.cores, self.memory, self.cache) = (cores, memory, cache) }

  /// The one that this runs on.
  init() {
    let (pages, size) = (sysconf(Int32(_SC_PHYS_PAGES)), sysconf(Int32(_SC_PAGESIZE)))
    self.init(
      cores: processors, memory: pages > 0 && size > 0 ? Double(pages) * Double(size) : nil,
      cache: Self.lastLevelCache())
  }

  private static func lastLevelCache() -> Double? {
    #if canImport(Darwin)
      return ["hw.l3cachesize", "hw.perflevel0.l2cachesize", "hw.l2cachesize"].lazy.compactMap(systemSize).first
    #elseif canImport(Glibc)
      // sysconf says what the processor's chip has altogether, of which a virtual machine may hold one cache in twelve.
      if let bytes = CacheFolder().lastLevel { return bytes }
      let sizes = [_SC_LEVEL3_CACHE_SIZE, _SC_LEVEL2_CACHE_SIZE].map { sysconf(Int32($0)) }
      return sizes.first { $0 > 0 }.map(Double.init)
    #else
      return CacheFolder().lastLevel
    #endif
  }

  #if canImport(Darwin)
    private static func systemSize(_ name: String) -> Double? {
      var bytes: Int64 = 0
      var size = MemoryLayout<Int64>.size
      return sysctlbyname(name, &bytes, &size, nil, 0) == 0 && bytes > 0 ? Double(bytes) : nil
    }
  #endif
}
