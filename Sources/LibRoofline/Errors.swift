package import CRoofline
internal import RooflineKit

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// An error for the caller; nil where all went well.
package typealias Failure = UnsafeMutablePointer<roofline_error>

/// Calls `body` and says what went wrong.
func attempt(_ body: () throws(Diagnostic) -> Void) -> Failure? {
  do throws(Diagnostic) {
    try body()
    return nil
  } catch {
    return failure(error)
  }
}

/// A text of the caller's as long as it wants; to be freed by `roofline_text_free`.
func lasting(_ text: String) -> UnsafeMutablePointer<CChar>? { strdup(text) }

private func failure(_ error: Diagnostic) -> Failure {
  let memory = Failure.allocate(capacity: 1)
  memory.initialize(
    to: roofline_error(
      message: lasting(error.message), advice: error.advice.flatMap(lasting), file: error.file.flatMap(lasting),
      line: Int64(error.position?.line ?? 0), column: Int64(error.position?.column ?? 0),
      explanation: lasting(error.explanation)))
  return memory
}

extension Diagnostic {
  /// What to do: what stands behind the first semicolon.
  fileprivate var advice: String? {
    message.firstRange(of: "; ").map { String(message[$0.upperBound...]) }
  }
}

@_cdecl("roofline_error_free")
package func freeError(_ error: Failure?) {
  guard let error else { return }
  for text in [error.pointee.message, error.pointee.advice, error.pointee.file, error.pointee.explanation] {
    free(UnsafeMutablePointer(mutating: text))
  }
  error.deallocate()
}

@_cdecl("roofline_text_free")
package func freeText(_ text: UnsafeMutablePointer<CChar>?) { free(text) }

@_cdecl("roofline_interface")
package func interface() -> Int32 { ROOFLINE_INTERFACE }

@_cdecl("roofline_version")
package func version() -> UnsafeMutablePointer<CChar>? { lasting(JSONRenderer.version) }
