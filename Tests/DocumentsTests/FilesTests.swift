import Documents
import Foundation
import Testing

@Suite("Files")
struct FilesTests {
  /// A new folder, removed with the test.
  private final class Folder {
    let path: String
    init() throws {
      path = NSTemporaryDirectory() + "roofline-files-\(UUID().uuidString)"
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
    deinit { try? FileManager.default.removeItem(atPath: path) }
    func contents() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
  }

  private let folder: Folder
  private var path: String { "\(folder.path)/file" }

  init() throws { folder = try Folder() }

  @Test func writeAndRead() throws {
    // More than one buffer, and every byte value.
    let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    try Files.write(bytes, to: path)
    #expect(try Files.read(path, limit: 200_000) == bytes)
    try Files.write([1, 2], to: path)
    #expect(try Files.read(path, limit: 2) == [1, 2])
    try Files.write([], to: path)
    #expect(try Files.read(path, limit: 0) == [])
    #expect(try folder.contents() == ["file"])
  }

  @Test func limit() throws {
    try Files.write([1, 2, 3], to: path)
    #expect(diagnostic { try Files.read(path, limit: 2) } == "\(path): error: has 3 bytes; at most 2 are read here")
  }

  @Test("a device without end stops at the limit")
  func endlessDevice() {
    #expect(
      diagnostic { try Files.read("/dev/zero", limit: 1 << 20) }
        == "/dev/zero: error: has more than 1048576 bytes; at most 1048576 are read here")
    #expect(throws: Never.self) { try Files.read("/dev/null", limit: 10) }
  }

  @Test("a pipe that nobody writes to is empty, not a reason to wait")
  func pipeWithoutWriter() throws {
    #expect(mkfifo(path, 0o600) == 0)
    #expect(try Files.read(path, limit: 10) == [])
  }

  @Test("a pipe whose writer is slow is waited for")
  func slowPipe() throws {
    #expect(mkfifo(path, 0o600) == 0)
    // Open for reading and writing at once, so that opening waits for nobody.
    let writer = open(path, O_RDWR)
    #expect(writer >= 0)
    Thread.detachNewThread {
      Thread.sleep(forTimeInterval: 0.05)
      write(writer, [UInt8(7), 8], 2)
      Thread.sleep(forTimeInterval: 0.05)
      close(writer)
    }
    #expect(try Files.read(path, limit: 2) == [7, 8])
  }

  @Test func unreadable() {
    #expect(
      diagnostic { try Files.read(folder.path, limit: 10) } == "\(folder.path): error: is a directory; expected a file")
    #expect(
      diagnostic { try Files.read("\(path)/x", limit: 10) }
        == "\(path)/x: error: cannot read: No such file or directory")
    #expect(diagnostic { try Files.read("", limit: 10) } == ": error: cannot read: No such file or directory")
  }

  @Test("what cannot be written leaves nothing behind")
  func unwritable() throws {
    #expect(
      diagnostic { try Files.write([1], to: "\(folder.path)/none/file") }
        == "\(folder.path)/none/file: error: cannot write: No such file or directory")
    #expect(
      diagnostic { try Files.write([1], to: folder.path) }
        == "\(folder.path): error: is a directory; expected a file to write")
    #expect(diagnostic { try Files.write([1], to: "/dev/full") }?.hasPrefix("/dev/full: error: cannot write") == true)
    #expect(try folder.contents() == [])
  }

  @Test("an old file keeps its mode, and a link leads on to the file that it led to")
  func replacing() throws {
    let link = "\(folder.path)/link"
    try Files.write([1], to: path)
    #expect(chmod(path, 0o600) == 0)
    #expect(symlink("file", link) == 0)
    try Files.write([2], to: link)
    #expect(try Files.read(path, limit: 1) == [2])
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "file")
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(mode == 0o600)
    #expect(try folder.contents() == ["file", "link"])
  }

  @Test func devicesAreWrittenDirectly() throws {
    try Files.write([1, 2, 3], to: "/dev/null")
    #expect(!Files.isFolder("/dev/null"))
    #expect(Files.exists("/dev/null"))
  }

  @Test("files of a folder by name; hidden ones are an editor's or a system's")
  func names() throws {
    for name in ["b.YAML", "a.yml", "c.json", "d.txt", ".#b.yaml", "._a.yml", ".yaml"] {
      try Files.write([], to: "\(folder.path)/\(name)")
    }
    #expect(try Files.names(in: folder.path, suffixes: [".yaml", ".yml"]) == ["a.yml", "b.YAML"])
    #expect(try Files.names(in: folder.path, suffixes: [".none"]) == [])
    #expect(
      diagnostic { try Files.names(in: path, suffixes: [""]) }
        == "\(path): error: cannot list: No such file or directory")
  }

  @Test func existence() throws {
    #expect(!Files.exists(path))
    #expect(Files.isFolder(folder.path))
    try Files.write([], to: path)
    #expect(Files.exists(path))
    #expect(!Files.isFolder(path))
  }
}
