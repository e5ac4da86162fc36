internal import RooflineKit

/// A value that the caller holds by a pointer.
final class Handle<Value: Sendable>: Sendable {
  let value: Value
  init(_ value: Value) { self.value = value }

  /// A pointer that keeps the value until `free`.
  var retained: OpaquePointer { OpaquePointer(Unmanaged.passRetained(self).toOpaque()) }

  /// The value behind a pointer.
  ///
  /// - Throws: `Diagnostic` for NULL.
  static func of(_ pointer: OpaquePointer?) throws(Diagnostic) -> Value {
    guard let pointer else { throw Diagnostic("expected a handle of the library, found none") }
    return Unmanaged<Handle>.fromOpaque(UnsafeRawPointer(pointer)).takeUnretainedValue().value
  }

  /// Lets go of what `retained` kept.
  static func free(_ pointer: OpaquePointer?) {
    if let pointer { Unmanaged<Handle>.fromOpaque(UnsafeRawPointer(pointer)).release() }
  }
}

/// Where a function writes the handle that it makes.
package typealias Made = UnsafeMutablePointer<OpaquePointer?>

/// A text of the caller's.
package typealias Text = UnsafePointer<CChar>

/// The text at a pointer.
///
/// - Throws: `Diagnostic` for NULL, naming what was expected.
func text(_ pointer: Text?, _ what: String) throws(Diagnostic) -> String {
  guard let pointer else { throw Diagnostic("expected \(what), found none") }
  return String(cString: pointer)
}

/// The texts of a list.
func texts(_ list: UnsafePointer<Text?>?, _ count: Int64, _ what: String) throws(Diagnostic) -> [String] {
  var texts: [String] = []
  for index in 0..<Int(max(0, count)) { texts.append(try text(list?[index], what)) }
  return texts
}
