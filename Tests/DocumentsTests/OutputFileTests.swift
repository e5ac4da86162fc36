import Documents
import Foundation
import Testing

@Suite("A file written piece by piece")
struct FileReplacementTests {
  private static func folder() throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("roofline-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
  }

  @Test("takes its place when it is finished, and only then")
  func finish() throws {
    let folder = try Self.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("rows.csv").path
    try Data("old".utf8).write(to: URL(fileURLWithPath: path))
    do {
      let file = try FileReplacement(of: path)
      try file.write(Array("new ".utf8))
      try file.write(Array("rows".utf8))
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "old")
      try file.finish()
    }
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "new rows")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["rows.csv"])
  }

  @Test("leaves nothing behind when it is not")
  func unfinished() throws {
    let folder = try Self.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("rows.csv").path
    do { try FileReplacement(of: path).write([65]) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }
}
