#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Processors that the system has at work, at least one.
package var processors: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }
