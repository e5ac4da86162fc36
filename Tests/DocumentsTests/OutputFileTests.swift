import Documents
import Foundation
import Testing

@Suite("A file that is written piece by piece")
struct OutputFileTests {
  /// A new folder, removed with the test.
  private final class Folder {
    let path: String
    init() throws {
      path = NSTemporaryDirectory() + "roofline-output-\(UUID().uuidString)"
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
    deinit { try? FileManager.default.removeItem(atPath: path) }
    func contents() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
  }

  private let folder: Folder
  private var path: String { "\(folder.path)/rows.csv" }

  init() throws { folder = try Folder() }

  private func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

  @Test("takes its place when it is finished, and only then")
  func finish() throws {
    try Data("old".utf8).write(to: URL(fileURLWithPath: path))
    let file = try OutputFile(at: path)
    try file.write(Array("new ".utf8))
    try file.write("rows".utf8)
    try file.seal()
    #expect(try text(path) == "old")
    try file.finish()
    #expect(try text(path) == "new rows")
    #expect(try folder.contents() == ["rows.csv"])
  }

  @Test("leaves nothing behind when it is not")
  func unfinished() throws {
    do { try OutputFile(at: path).write([65]) }
    #expect(try folder.contents().isEmpty)
  }

  @Test("has parts of 28 bytes, no two of one name, beside which the longest name has room")
  func parts() throws {
    let longest = "\(folder.path)/\(String(repeating: "n", count: 255))"
    do {
      let files = [try OutputFile(at: longest), try OutputFile(at: longest), try OutputFile(at: path)]
      let parts = try folder.contents()
      #expect(
        parts.count == 3
          && parts.allSatisfy { $0.utf8.count == 28 && $0.hasPrefix(".roofline-") && $0.hasSuffix(".part") })
      for file in files { try file.finish() }
    }
    #expect(try folder.contents() == [longest.fileName, "rows.csv"])
    #expect(throws: Diagnostic.self) { try Files.write([1], to: longest + "n") }
  }

  @Test("makes what a link leads to, whether it is there or not")
  func links() throws {
    try FileManager.default.createDirectory(atPath: "\(folder.path)/deep", withIntermediateDirectories: true)
    for (link, destination) in [("a", "deep/b"), ("deep/b", "c"), ("circle", "circle")] {
      try FileManager.default.createSymbolicLink(atPath: "\(folder.path)/\(link)", withDestinationPath: destination)
    }
    for text in ["first", "second"] {
      try Files.write(Array(text.utf8), to: "\(folder.path)/a")
      #expect(try self.text("\(folder.path)/deep/c") == text)
    }
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: "\(folder.path)/a") == "deep/b")
    #expect(diagnostic { try Files.write([1], to: "\(folder.path)/circle") }?.contains("in a circle") == true)
  }

  @Test("is no obstacle to one that ended in the midst of it")
  func leftover() throws {
    try Data().write(to: URL(fileURLWithPath: "\(path).\(getpid()).part"))
    try Files.write([1], to: path)
    #expect(try folder.contents().count == 2)
  }

  @Test("is tried out without leaving anything")
  func check() throws {
    try OutputFile.check(path)
    #expect(try folder.contents().isEmpty)
    #expect(throws: Diagnostic.self) { try OutputFile.check(folder.path) }
    #expect(throws: Diagnostic.self) { try OutputFile.check("\(folder.path)/none/file") }
    #expect(throws: Never.self) { try OutputFile.check("/dev/null") }
  }
}
