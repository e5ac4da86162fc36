#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The variables that the program was started with.
public enum Environment {
  /// The value of a variable, or nil if it is not set or empty.
  public static subscript(name: String) -> String? {
    guard let value = getenv(name).map({ String(systemPath: $0) }), !value.isEmpty else { return nil }
    return value
  }
}
