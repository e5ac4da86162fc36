import Foundation

/// Calls `body` with the path of a file that holds `bytes` and is gone afterwards.
@discardableResult
func withTemporaryFile<Result>(_ bytes: [UInt8] = [], _ body: (String) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("roofline-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  let file = folder.appendingPathComponent("file.safetensors")
  try Data(bytes).write(to: file)
  return try body(file.path)
}

/// The bytes of a safetensors file with this header and this many bytes of data: 0, 1, 2, ...
func safetensors(_ header: String, dataCount: Int) -> [UInt8] {
  let length = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { [UInt8]($0) }
  return length + [UInt8](header.utf8) + (0..<dataCount).map { UInt8(truncatingIfNeeded: $0) }
}
