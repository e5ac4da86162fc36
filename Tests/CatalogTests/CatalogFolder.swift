import Documents
import Foundation
import Testing

/// A catalog folder of a user, removed with the test.
final class CatalogFolder {
  let path: String

  /// A new folder with an empty `hardware` and an empty `models` folder.
  init() throws {
    path = NSTemporaryDirectory() + "roofline-catalog-\(UUID().uuidString)"
    for kind in ["hardware", "models"] {
      try FileManager.default.createDirectory(atPath: "\(path)/\(kind)", withIntermediateDirectories: true)
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a hardware file of a device with so many GB/s; returns its path.
  @discardableResult
  func addHardware(_ name: String, file: String? = nil, aliases: String = "[]", gigabytes: Int = 100) throws -> String {
    let path = "\(path)/hardware/\(file ?? "\(name).yaml")"
    let text = """
      name: \(name)
      title: The user's own
      aliases: \(aliases)
      vendor: Nobody
      kind: gpu
      vector: { fp32: { value: 1 TFLOP/s, source: unverified } }
      memory: { bandwidth: { value: \(gigabytes) GB/s, source: unverified } }
      sources: {}
      """
    try Files.write(Array(text.utf8), to: path)
    return path
  }

  /// Writes a file of any text; returns its path.
  @discardableResult
  func add(_ file: String, _ text: String) throws -> String {
    try Files.write(Array(text.utf8), to: "\(path)/\(file)")
    return "\(path)/\(file)"
  }
}

/// The diagnostic that `body` throws, as it is printed; an expectation fails if it throws none.
func diagnostic(_ body: () throws -> Any, sourceLocation: SourceLocation = #_sourceLocation) -> String? {
  #expect(throws: Diagnostic.self, sourceLocation: sourceLocation) { _ = try body() }?.description
}
