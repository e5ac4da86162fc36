#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The variables that the program was started with.
package enum Environment {
  /// The value of a variable, or nil if it is not set or empty.
  package static subscript(name: String) -> String? {
    guard let value = getenv(name).map({ String(systemPath: $0) }), !value.isEmpty else { return nil }
    return value
  }
}
